/** What screen readers are told: changes of step and endings, never percentages. */
class Announcer {
  message = $state('');
}

export const announcer = new Announcer();

/** Says a sentence once. */
export function announce(text: string): void {
  // The same sentence twice would not be spoken: a no-break space makes it another one.
  announcer.message = announcer.message === text ? `${text}\u00a0` : text;
}
