using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OpsBot.Storage.Engine;

namespace OpsBot.Benchmarks.Storage;

/// <summary>A store in a folder of its own, with a connection beside it to fill and look.</summary>
internal sealed class BenchmarkStore : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("opsbot-bench-").FullName;

    public BenchmarkStore()
    {
        Options = Microsoft.Extensions.Options.Options.Create(new StoreOptions { DataFolder = _folder });
        Store = new SqliteStore(Options, TimeProvider.System, NullLogger<SqliteStore>.Instance);
        Connection = new SqliteConnection($"Data Source={Path.Combine(_folder, "opsbot.db")}");
        Connection.Open();
    }

    public IOptions<StoreOptions> Options { get; }

    public SqliteStore Store { get; }

    public SqliteConnection Connection { get; }

    public void Run(string sql)
    {
        using var command = Connection.CreateCommand();
#pragma warning disable CA2100 // the benchmark's own text
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync();
        await Store.DisposeAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }
}
