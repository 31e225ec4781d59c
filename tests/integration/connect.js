// A mysql2 connection to the gateway that the environment names, with nothing set that a stock application would not set.
const fs = require('fs');
const mysql = require('mysql2/promise');

exports.connect = (options = {}) => mysql.createConnection({
  host: '127.0.0.1',
  port: Number(process.env.POSTERN_MYSQL_PORT),
  user: process.env.POSTERN_USER,
  password: process.env.POSTERN_PASSWORD,
  database: 'shop',
  ssl: { ca: fs.readFileSync(process.env.POSTERN_CA) },
  ...options,
});
