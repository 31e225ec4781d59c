// ticket.js QUANTITY ID...: the same UPDATE by a prepared statement for each ID, on connections that want a ticket. Prints what came of each.
const { connect } = require('./connect.js');

(async () => {
  const [quantity, ...ids] = process.argv.slice(2).map(Number);
  const outcomes = [];
  for (const id of ids) {
    const connection = await connect({ connectAttributes: { postern_hold: 'ticket' } });
    try {
      const [answer] = await connection.execute('UPDATE orders SET quantity = ? WHERE id = ?', [quantity, id]);
      outcomes.push(answer.affectedRows);
    } catch (error) {
      outcomes.push(error.message);
    }
    await connection.end();
  }
  console.log(JSON.stringify(outcomes));
})().catch((error) => { console.error(error); process.exit(1); });
