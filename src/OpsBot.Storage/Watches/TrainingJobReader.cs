using System.Data.Common;
using Dapper;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Training;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Watches;

internal sealed class TrainingJobReader(IStoreReader store) : ITrainingJobs
{
    // One more than anybody would read aloud.
    private const int Alike = 6;

    public Task<TrainingJob?> FindAsync(TrainingJobId id, CancellationToken cancellationToken) => store.ReadAsync(
        async connection => (await connection.QuerySingleOrDefaultAsync<TrainingJobRow>($"{TrainingJobRow.Select} where j.source = @Source and j.job_key = @Key", id))?.ToJob(),
        cancellationToken);

    public Task<IReadOnlyList<TrainingJob>> NamedAsync(string key, CancellationToken cancellationToken) =>
        store.ReadAsync(connection => NamedAsync(connection, null, key), cancellationToken);

    public Task<IReadOnlyList<TrainingJob>> EarlierAsync(TrainingJob job, string metric, int limit, CancellationToken cancellationToken) => store.ReadAsync<IReadOnlyList<TrainingJob>>(
        async connection =>
        [
            .. (await connection.QueryAsync<TrainingJobRow>(
                $"""
                 {TrainingJobRow.Select} where j.source = @Source and j.name = @Name and j.curve is not null and j.metric = @metric and j.id <> @Id
                   and coalesce(j.user_name, @User, '') = coalesce(@User, j.user_name, '')
                 order by j.id desc limit @limit
                 """,
                new { job.Source, Name = job.Name ?? "", job.Id, job.User, metric, limit })).Select(row => row.ToJob()),
        ],
        cancellationToken);

    internal static async Task<IReadOnlyList<TrainingJob>> NamedAsync(DbConnection connection, DbTransaction? transaction, string key)
    {
        // A whole key is found by its own end: both go by one index.
        var all = (await connection.QueryAsync<TrainingJobRow>(
            $"{TrainingJobRow.Select} where j.short_key = @end and (j.job_key = @key or j.short_key = @key) order by j.id desc limit @most",
            new { key, end = Contracts.Events.TrainingJobReported.ShortKeyOf(key), most = Alike }, transaction)).Select(row => row.ToJob()).ToList();
        return [.. all.Where(job => job.Key == key) is var whole && whole.Any() ? whole : all];
    }
}
