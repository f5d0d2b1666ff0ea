// What protects RTP packets, ours first. Each (the files beside this one) says:
//   title
//   open() -> { protect(count, size), unprotect() }, which return how many packets came out; the second
//             takes what the first has made

/** @param {string} name */
export const loadSrtp = (name) => import(`./${name}.js`);
