import { drawn, element } from '../kit/dom.js';
import { text } from '../kit/texts.js';

const mostPictures = 8;
const longestSide = 1536;
const shortestSide = 64;
const quality = 0.8;
const mediaType = 'image/jpeg';

/** The server takes frames of 1 MiB; some of it goes to names and ids. */
const mostFrameBytes = 1_000 * 1024;

/**
 * The pictures that go with the next message: chosen as files, pasted or dropped. Made small enough for a frame here, in the
 * browser. Calls `onChange()` when there are more or fewer, `onRefused(key)` with a text when one cannot be taken.
 */
export class Pictures {
  #list;
  #chosen = [];
  #onChange;
  #onRefused;

  constructor({ list, button, files, target }, onChange, onRefused) {
    this.#list = list;
    this.#onChange = onChange;
    this.#onRefused = onRefused;
    button.addEventListener('click', () => files.click());
    files.addEventListener('change', () => {
      this.#add([...files.files]);
      files.value = '';
    });
    target.addEventListener('paste', (event) => {
      if (event.clipboardData?.files.length > 0) {
        event.preventDefault();
        this.#add([...event.clipboardData.files]);
      }
    });
    target.addEventListener('dragover', (event) => {
      if (event.dataTransfer?.types.includes('Files')) {
        event.preventDefault();
      }
    });
    target.addEventListener('drop', (event) => {
      if (event.dataTransfer?.files.length > 0) {
        event.preventDefault();
        this.#add([...event.dataTransfer.files]);
      }
    });
  }

  get count() {
    return this.#chosen.length;
  }

  /** Takes the pictures away: their addresses to show them by, and a promise of what to send along with the text. */
  take(content) {
    const chosen = this.#chosen;
    this.#chosen = [];
    this.#draw();
    const room = mostFrameBytes - new TextEncoder().encode(JSON.stringify(content)).length;
    return {
      addresses: chosen.map(({ address }) => address),
      images: encoded(chosen.map(({ bitmap }) => bitmap), Math.floor((room * 3) / 4)), // base64 makes four bytes of three
    };
  }

  async #add(files) {
    for (const file of files) {
      if (!file.type.startsWith('image/')) {
        this.#onRefused('pictureUnreadable');
        continue;
      }

      let bitmap;
      try {
        bitmap = await createImageBitmap(file);
      } catch {
        this.#onRefused('pictureUnreadable');
        continue;
      }

      if (this.#chosen.length >= mostPictures) {
        bitmap.close();
        this.#onRefused('pictureTooMany');
        break;
      }

      this.#chosen.push({ bitmap, address: URL.createObjectURL(file) });
    }

    this.#draw();
  }

  #remove(picture) {
    this.#chosen = this.#chosen.filter((other) => other !== picture);
    URL.revokeObjectURL(picture.address);
    picture.bitmap.close();
    this.#draw();
  }

  #draw() {
    this.#list.replaceChildren(...this.#chosen.map((picture) => {
      const remove = element(
        'button',
        { type: 'button', onclick: () => this.#remove(picture), dataset: { label: 'pictureRemove', testid: 'picture-remove' }, ariaLabel: text('pictureRemove') },
        drawn('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' }, drawn('path', { d: 'M7 7l10 10M17 7L7 17' })),
      );
      return element('li', { dataset: { testid: 'picture' } }, element('img', { src: picture.address, alt: text('picture') }), remove);
    }));
    this.#list.hidden = this.#chosen.length === 0;
    this.#onChange();
  }
}

/** The pictures as requests carry them, all together of about `room` bytes. */
async function encoded(bitmaps, room) {
  const images = [];
  let left = room;
  for (const [index, bitmap] of bitmaps.entries()) {
    const blob = await shrunk(bitmap, left / (bitmaps.length - index));
    bitmap.close();
    left -= blob.size;
    images.push({ mediaType, data: await base64(blob) });
  }

  return images;
}

/** Tries a size, and then what the size of the outcome says, which is right or nearly so. */
async function shrunk(bitmap, atMost) {
  const largest = Math.max(bitmap.width, bitmap.height);
  let scale = Math.min(1, longestSide / largest);
  for (;;) {
    const blob = await compressed(bitmap, scale);
    if (blob.size <= atMost || largest * scale <= shortestSide) {
      return blob;
    }

    scale *= Math.min(0.9, Math.sqrt(atMost / blob.size) * 0.95);
  }
}

function compressed(bitmap, scale) {
  const canvas = element('canvas', { width: Math.max(1, Math.round(bitmap.width * scale)), height: Math.max(1, Math.round(bitmap.height * scale)) });
  const context = canvas.getContext('2d');
  context.fillStyle = '#fff'; // the format knows no transparency
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, mediaType, quality));
}

async function base64(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let binary = '';
  for (let at = 0; at < bytes.length; at += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }

  return btoa(binary);
}
