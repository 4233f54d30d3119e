using System.IO.Compression;
using System.Text.Json;
using Dapper;
using OpsBot.Contracts;
using OpsBot.Contracts.Apis;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Changes;

/// <summary>An API description of a change as it is kept.</summary>
/// <param name="Document">Null where there is only a link so far.</param>
public sealed record KeptContract(
    string Source, string ChangeKey, string Name, string Environment, string Service, string? Version, string? Format, string? Link, long At, byte[]? Document);

/// <summary>The API descriptions that changes brought. Each call is inside somebody's transaction.</summary>
public static class ContractTable
{
    /// <summary>Keeps the descriptions of a change. One that is there already with its document stays as it is.</summary>
    /// <returns>True where there is anything to compare.</returns>
    public static async Task<bool> TakeAsync(StoreTransaction transaction, DeployReported change, IEnumerable<(ReportedContract Told, byte[]? Document)> contracts)
    {
        var taken = 0;
        foreach (var (told, document) in contracts)
        {
            taken += await transaction.Connection.ExecuteAsync(
                """
                insert into contracts (source, change_key, name, environment, service, version, format, link, at, document)
                values (@Source, @ChangeKey, @Name, @environment, @Service, @Version, @Format, @Link, @at, @document)
                on conflict (source, change_key, name) do update set
                  format = excluded.format, link = excluded.link, document = excluded.document where contracts.document is null
                """,
                new
                {
                    change.Source,
                    change.ChangeKey,
                    told.Name,
                    environment = EnvironmentNames.Of(change.Environment) ?? "",
                    change.Service,
                    change.Version,
                    told.Format,
                    told.Link,
                    at = ChangeTable.Time(change).ToUnixTimeMilliseconds(),
                    document = document is null ? null : Pack(document),
                },
                transaction.Transaction);
        }

        return taken > 0;
    }

    /// <summary>Notes how the change went: only what succeeded is compared with, and it takes the place of what succeeded before.</summary>
    public static async Task SettleAsync(StoreTransaction transaction, DeployReported change, DateTimeOffset now)
    {
        // a sender that never says how it went is believed
        if (change.Status is not (ChangeStatus.Succeeded or ChangeStatus.Unknown))
        {
            return;
        }

        var which = new
        {
            change.Source,
            change.ChangeKey,
            environment = EnvironmentNames.Of(change.Environment) ?? "",
            change.Service,
            at = ChangeTable.Time(change).ToUnixTimeMilliseconds(),
            now = now.ToUnixTimeMilliseconds(),
        };
        var settled = await transaction.Connection.ExecuteAsync(
            "update contracts set succeeded = 1 where source = @Source and change_key = @ChangeKey and succeeded = 0", which, transaction.Transaction);
        if (settled > 0)
        {
            await transaction.Connection.ExecuteAsync(
                """
                update contracts set superseded_at = @now where environment = @environment and service = @Service and at < @at and superseded_at is null
                  and name in (select name from contracts where source = @Source and change_key = @ChangeKey)
                """,
                which,
                transaction.Transaction);
        }
    }

    /// <summary>Keeps what a link led to.</summary>
    public static Task FetchedAsync(StoreTransaction transaction, KeptContract contract) => transaction.Connection.ExecuteAsync(
        "update contracts set document = @document where source = @Source and change_key = @ChangeKey and name = @Name and document is null",
        new { contract.Source, contract.ChangeKey, contract.Name, document = Pack(contract.Document!) },
        transaction.Transaction);

    /// <summary>Writes onto the change what became of its descriptions, over what was said of those before.</summary>
    public static async Task CompareAsync(StoreTransaction transaction, string source, string changeKey, IReadOnlyList<ContractComparison> comparisons)
    {
        var state = await transaction.Connection.QuerySingleOrDefaultAsync<string>(
            "select state from changes where source = @source and change_key = @changeKey", new { source, changeKey }, transaction.Transaction);
        if (state is null)
        {
            return;
        }

        var change = JsonSerializer.Deserialize<DeployReported>(state, OpsBotJson.Options)!;
        var names = comparisons.Select(comparison => comparison.Name).ToHashSet(StringComparer.Ordinal);
        change = change with { Comparisons = [.. change.Comparisons.Where(comparison => !names.Contains(comparison.Name)), .. comparisons] };
        await transaction.Connection.ExecuteAsync(
            "update changes set state = @state where source = @source and change_key = @changeKey",
            new { source, changeKey, state = JsonSerializer.Serialize(change, OpsBotJson.Options) },
            transaction.Transaction);
    }

    internal static byte[] Pack(byte[] document)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Fastest))
        {
            brotli.Write(document);
        }

        return packed.ToArray();
    }

    internal static byte[] Unpack(byte[] packed)
    {
        using var document = new MemoryStream();
        using (var brotli = new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress))
        {
            brotli.CopyTo(document);
        }

        return document.ToArray();
    }
}

/// <summary>Reads the API descriptions that are kept.</summary>
public sealed class ContractReader
{
    private const string Columns =
        "source as Source, change_key as ChangeKey, name as Name, environment as Environment, service as Service, version as Version, format as Format, link as Link, at as At, document as Document";

    private readonly IStoreReader _store;

    internal ContractReader(IStoreReader store) => _store = store;

    public Task<IReadOnlyList<KeptContract>> OfChangeAsync(string source, string changeKey, CancellationToken cancellationToken) =>
        _store.ReadAsync<IReadOnlyList<KeptContract>>(
            async connection => [.. (await connection.QueryAsync<Row>(
                $"select {Columns} from contracts where source = @source and change_key = @changeKey order by name", new { source, changeKey })).Select(row => row.Read())],
            cancellationToken);

    /// <summary>What the service promised there before: the last that succeeded and whose document is known; null where there is none.</summary>
    public Task<KeptContract?> BeforeAsync(KeptContract contract, CancellationToken cancellationToken) => _store.ReadAsync(
        async connection => (await connection.QueryAsync<Row>(
            $"""
            select {Columns} from contracts where environment = @Environment and service = @Service and name = @Name and at <= @At and succeeded = 1
              and document is not null and not (source = @Source and change_key = @ChangeKey)
            order by at desc, id desc limit 1
            """,
            new { contract.Environment, contract.Service, contract.Name, contract.At, contract.Source, contract.ChangeKey })).FirstOrDefault()?.Read(),
        cancellationToken);

    private sealed class Row
    {
        public string Source { get; set; } = "";

        public string ChangeKey { get; set; } = "";

        public string Name { get; set; } = "";

        public string Environment { get; set; } = "";

        public string Service { get; set; } = "";

        public string? Version { get; set; }

        public string? Format { get; set; }

        public string? Link { get; set; }

        public long At { get; set; }

        public byte[]? Document { get; set; }

        public KeptContract Read() => new(
            Source, ChangeKey, Name, Environment, Service, Version, Format, Link, At, Document is null ? null : ContractTable.Unpack(Document));
    }
}
