const every = 20; // ms between two looks
export const patience = 20_000; // ms; a condition that takes longer has failed

// until resolves with the first value of look that is neither false nor empty. It rejects, naming what was
// waited for, when that takes too long or look throws.
export async function until(what, look, limit = patience) {
  const end = performance.now() + limit;
  for (;;) {
    const value = await look();
    if (value) return value;
    if (performance.now() > end) throw new Error(`waited ${limit} ms in vain: ${what}`);
    await new Promise((done) => setTimeout(done, every));
  }
}
