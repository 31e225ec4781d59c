// Drives mysql2 through what an application does: prepared statements, a refusal in between, change of user, ping, error codes.
const { connect } = require('./connect.js');

(async () => {
  const connection = await connect();
  const steps = {};
  const statement = await connection.prepare('SELECT id, status FROM orders WHERE id = ?');
  steps.prepared = [];
  for (const id of [1, 2, 3]) {
    const [[row]] = await statement.execute([id]);
    steps.prepared.push(row.id);
  }
  try {
    await connection.query('DROP TABLE orders');
  } catch (error) {
    steps.refusal = { code: error.errno, state: error.sqlState, message: error.message };
  }
  const [[after]] = await statement.execute([4]);
  steps.afterRefusal = after.id;
  await statement.close();
  await connection.changeUser({ user: process.env.POSTERN_USER, password: process.env.POSTERN_PASSWORD, database: 'shop' });
  await connection.ping();
  const [[{ count }]] = await connection.query('SELECT COUNT(*) AS count FROM customers');
  steps.afterChangeUser = count;
  const [[nothing]] = await connection.execute('SELECT ? AS a, ? AS b, ? AS c FROM small WHERE id = 1', [null, 'text', 1.5]);
  steps.values = nothing;
  console.log(JSON.stringify(steps));
  await connection.end();
})().catch((error) => { console.error(error); process.exit(1); });
