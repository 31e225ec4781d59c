// held.js QUANTITY ID: an UPDATE by prepared statement, which waits for its approval.
const { connect } = require('./connect.js');

(async () => {
  const connection = await connect();
  const [answer] = await connection.execute('UPDATE orders SET quantity = ? WHERE id = ?', process.argv.slice(2).map(Number));
  if (answer.affectedRows !== 1) throw new Error(`changed ${answer.affectedRows} rows`);
  await connection.end();
})().catch((error) => { console.error(error); process.exit(1); });
