// Reads with mysql2, by text and by binary protocol, and prints what came as JSON.
const { connect } = require('./connect.js');

(async () => {
  const connection = await connect();
  const sql = 'SELECT id, email FROM customers WHERE id = 7';
  const [text] = await connection.query(sql);
  const [binary] = await connection.execute('SELECT id, email FROM customers WHERE id = ?', [7]);
  const [[{ count }]] = await connection.query('SELECT COUNT(*) AS count FROM orders');
  console.log(JSON.stringify({ text, binary, count }));
  await connection.end();
})().catch((error) => { console.error(error); process.exit(1); });
