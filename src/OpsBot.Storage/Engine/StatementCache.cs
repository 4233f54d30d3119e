using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace OpsBot.Storage.Engine;

/// <summary>
/// A connection to SQLite that keeps its statements: the driver has each command parsed anew, and the one connection that writes would spend a good part of its
/// time on that. One at a time uses it.
/// </summary>
internal sealed class StatementCachingConnection(string connectionString) : SqliteConnection(connectionString)
{
    // More than there are texts: what is over it was made with lists of many lengths.
    private const int Most = 200;

    private readonly Dictionary<string, SqliteCommand> _kept = new(StringComparer.Ordinal);

    protected override DbCommand CreateDbCommand() => new CachedCommand(this);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Forget();
        }

        base.Dispose(disposing);
    }

    /// <summary>The kept command of a text, which is nobody else's until it is given back.</summary>
    private SqliteCommand Take(string text)
    {
        if (_kept.Remove(text, out var kept))
        {
            return kept;
        }

        var command = CreateCommand();
#pragma warning disable CA2100 // texts of this project; values are parameters
        command.CommandText = text;
#pragma warning restore CA2100
        return command;
    }

    private void GiveBack(SqliteCommand command)
    {
        command.Parameters.Clear();
        command.Transaction = null;
        if (_kept.Count >= Most)
        {
            Forget();
        }

        if (State != ConnectionState.Open || !_kept.TryAdd(command.CommandText, command))
        {
            command.Dispose();
        }
    }

    private void Forget()
    {
        foreach (var command in _kept.Values)
        {
            command.Dispose();
        }

        _kept.Clear();
    }

    /// <summary>A command that runs as the kept one of its text.</summary>
    private sealed class CachedCommand(StatementCachingConnection connection) : DbCommand
    {
        private readonly SqliteCommand _parameters = new();
        private SqliteCommand? _running;

        [AllowNull]
        public override string CommandText { get; set; } = "";

        public override int CommandTimeout { get; set; } = connection.DefaultTimeout;

        public override CommandType CommandType { get; set; } = CommandType.Text;

        public override bool DesignTimeVisible { get; set; }

        public override UpdateRowSource UpdatedRowSource { get; set; }

        protected override DbConnection? DbConnection { get; set; } = connection;

        protected override DbParameterCollection DbParameterCollection => _parameters.Parameters;

        protected override DbTransaction? DbTransaction { get; set; }

        public override void Cancel()
        {
            // as the driver's own: it does nothing
        }

        public override void Prepare()
        {
            // it is, by being kept
        }

        public override int ExecuteNonQuery() => Running().ExecuteNonQuery();

        public override object? ExecuteScalar() => Running().ExecuteScalar();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => Running().ExecuteReader(behavior);

        protected override DbParameter CreateDbParameter() => _parameters.CreateParameter();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                Leave();
                _parameters.Dispose();
            }

            base.Dispose(disposing);
        }

        private SqliteCommand Running()
        {
            Leave();
            _running = connection.Take(CommandText);
            _running.CommandTimeout = CommandTimeout;
            _running.Transaction = (SqliteTransaction?)DbTransaction;
            foreach (SqliteParameter parameter in _parameters.Parameters)
            {
                _running.Parameters.Add(parameter);
            }

            return _running;
        }

        private void Leave()
        {
            if (_running is { } command)
            {
                _running = null;
                connection.GiveBack(command);
            }
        }
    }
}
