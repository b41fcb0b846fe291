/** Every way of using the library, by name. */
import { run as functional } from './functional.ts';
import { run as imperative } from './imperative.ts';
import { run as sequential } from './sequential.ts';
import { run as trainer } from './trainer.ts';

export const ways = { functional, imperative, sequential, trainer };
