/** What a person can mend: bad arguments, an unreadable file. Ends the command with exit code 2 and this one line. */
export class UserError extends Error {}
