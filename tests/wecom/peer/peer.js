// Reads a JSON list of jobs from standard input, does each with the platform's own library, writes the list of answers.
'use strict';

const { decrypt, encrypt, getSignature } = require('@wecom/crypto');

const jobs = {
  encrypt: ({ key, message, id, random }) =>
    (random === undefined ? encrypt(key, message, id) : encrypt(key, message, id, Buffer.from(random))),
  decrypt: ({ key, encrypted }) => {
    const { message, id } = decrypt(key, encrypted);
    return { message, id };
  },
  sign: ({ token, timestamp, nonce, encrypted }) => getSignature(token, timestamp, nonce, encrypted),
};

const asked = JSON.parse(require('fs').readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify(asked.map((job) => jobs[job.do](job))));
