module.exports = async function (fastify) {}
