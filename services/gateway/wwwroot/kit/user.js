const key = 'streamchat.userId';
const manners = ['brave', 'calm', 'curious', 'gentle', 'happy', 'kind', 'merry', 'patient', 'quiet', 'sunny', 'swift', 'wise'];
const animals = ['badger', 'crane', 'dolphin', 'finch', 'fox', 'hare', 'heron', 'lynx', 'otter', 'panda', 'robin', 'tiger'];

/** The user id kept in this browser; at the first visit a friendly random one. */
export function loadUserId() {
  const known = localStorage.getItem(key);
  if (known) {
    return known;
  }

  const [manner, animal, number] = crypto.getRandomValues(new Uint32Array(3));
  const userId = `${manners[manner % manners.length]}-${animals[animal % animals.length]}-${number % 1000}`;
  saveUserId(userId);
  return userId;
}

export function saveUserId(userId) {
  localStorage.setItem(key, userId);
}
