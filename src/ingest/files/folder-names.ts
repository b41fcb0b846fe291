/** What folders of data sets are usually called, where the name is not that of a person. */

/** Which part of a data set a folder holds: the same name below two of them is one person. */
const SPLITS = new Set(
  'train training test testing val valid validation dev eval gallery probe query'.split(' '),
);

/** What the photos of one person are divided by. */
const PARTS = new Set([
  ...SPLITS,
  ...'front frontal profile side left right up down centre center half neutral smile smiling'.split(' '),
  ...'happy sad angry glasses noglasses sunglasses scarf mask masked unmasked nomask indoor outdoor'.split(
    ' ',
  ),
  ...'indoors outdoors day night visible vis nir ir infrared thermal rgb depth grey gray color colour'.split(
    ' ',
  ),
  ...'image images img imgs photo photos picture pictures pic pics face faces crop crops cropped'.split(' '),
  ...'aligned original originals raw frame frames video videos still stills low high new old misc other'.split(
    ' ',
  ),
  ...'selfie selfies id document'.split(' '),
]);

/** Words that come with a number: `video_3`, `session 02`, `cam1`. */
const NUMBERED =
  /^(?:video|vid|v|clip|shot|scene|seq|sequence|session|sess|take|track|tracklet|cam|camera|view|pose|day|visit|album|folder|part|set|image|img|photo|pic)[\s_.-]*\d+$/i;

/** `7`, `1.6`, `2019-05-01`. */
const NUMBER = /^\d+(?:[\s._-]\d+)*$/;

/** Folders that hold several people. */
const GROUP =
  /^(?:class|group|grp|team|batch|shard|chunk|fold|subset|dataset|room|grade|year|department|dept|office|family|club|male|female|males|females|men|women|man|woman|boys|girls|actor|actors|actress|actresses|students|staff|employees|adults|children|kids)(?:[\s_.-]*[\p{L}\d]{1,3})?$/iu;

/** A video id of YouTube: 11 characters of base64url. */
const VIDEO_ID = /^[\w-]{11}$/;

export const isSplit = (name: string): boolean => SPLITS.has(name.toLowerCase());

/** Says what the photos in it have in common, not who is on them. */
export const isPart = (name: string): boolean =>
  PARTS.has(name.toLowerCase().replace(/[\s_-]+/g, '')) || NUMBERED.test(name);

export const isNumbered = (name: string): boolean => NUMBER.test(name) || NUMBERED.test(name);

export const isNumber = (name: string): boolean => NUMBER.test(name);

export const isGroup = (name: string): boolean => GROUP.test(name) || isSplit(name);

/** Single names can pass for one by chance; not all of many. */
export function areVideoIds(names: readonly string[]): boolean {
  const share = (test: (name: string) => boolean): number => names.filter(test).length / names.length;
  return (
    names.every((name) => VIDEO_ID.test(name)) &&
    share((name) => /[a-z]/.test(name) && /[A-Z]/.test(name)) >= 0.8 &&
    share((name) => /\d/.test(name)) >= 0.6
  );
}
