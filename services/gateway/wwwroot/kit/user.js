import { recall, remember } from './storage.js';

const key = 'streamchat.userId';
let remembered = null;

const manners = ['brave', 'calm', 'curious', 'gentle', 'happy', 'kind', 'merry', 'patient', 'quiet', 'sunny', 'swift', 'wise'];
const animals = ['badger', 'crane', 'dolphin', 'finch', 'fox', 'hare', 'heron', 'lynx', 'otter', 'panda', 'robin', 'tiger'];

/** The user id kept in this browser; at the first visit a friendly random one. */
export function loadUserId() {
  remembered ??= recall(key);
  if (remembered) {
    return remembered;
  }

  const [manner, animal, number] = crypto.getRandomValues(new Uint32Array(3));
  const userId = `${manners[manner % manners.length]}-${animals[animal % animals.length]}-${number % 1000}`;
  saveUserId(userId);
  return userId;
}

export function saveUserId(userId) {
  remembered = userId;
  remember(key, userId);
}
