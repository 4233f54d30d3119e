using System.Text;
using OpsBot.Contracts.Events;
using OpsBot.Ingress.Reading;

namespace OpsBot.Ingress.Wandb;

/// <summary>One run as W&amp;B's GraphQL API gives it.</summary>
internal sealed class WandbRun(JsonView run)
{
    /// <summary>
    /// One of each state; of the end one of each, because a run that is resumed keeps its id and may end again. The heartbeat stands still after an end and moves
    /// with every look before it.
    /// </summary>
    public string DeliveryKey => Bounds.Key($"{Key}#{State}/{run["createdAt"].Text()}{(IsOver ? $"/{run["heartbeatAt"].Text()}" : "")}");

    private string State => run["state"].RequiredText();

    private bool IsOver => Status(State.ToLowerInvariant()) is TrainingJobStatus.Succeeded or TrainingJobStatus.Failed or TrainingJobStatus.Cancelled;

    private string Key => Bounds.Key(string.Join('/', new[] { run["project"]["entityName"].Text(), run["project"]["name"].Text(), run["name"].RequiredText(int.MaxValue) }.OfType<string>()));

    public static TrainingJobStatus Status(string state) => state switch
    {
        "pending" or "queued" => TrainingJobStatus.Queued,
        "running" or "preempting" => TrainingJobStatus.Running,
        "finished" => TrainingJobStatus.Succeeded,
        "failed" or "crashed" => TrainingJobStatus.Failed,
        "killed" or "preempted" => TrainingJobStatus.Cancelled,
        _ => TrainingJobStatus.Unknown,
    };

    public TrainingJobReported Read()
    {
        var state = State;
        var status = Status(state.ToLowerInvariant());
        var metrics = new MetricList();
        long? step = null;
        if (run["summaryMetrics"].Text(Bounds.Diff) is { } summary && Parsed(summary) is { } parsed)
        {
            using (parsed)
            {
                foreach (var (name, value) in new JsonView(parsed.RootElement).Members().Where(member => !member.Key.StartsWith('_')))
                    metrics.Add(name, value);
                step = new JsonView(parsed.RootElement)["_step"].Text() is { } text && long.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var at) ? at : null;
            }
        }

        var beat = run["heartbeatAt"].Time();
        return new TrainingJobReported
        {
            Source = "wandb",
            Event = "run",
            JobKey = Key,
            Status = status,
            Name = run["displayName"].Text() ?? run["name"].Text(),
            User = run["user"]["username"].Text(),
            Reason = status == TrainingJobStatus.Failed ? state : null,
            Nodes = run["host"].Text() is { } host ? [host] : [],
            Metrics = metrics.Metrics,
            Step = step,
            StartedAt = run["createdAt"].Time(),
            EndedAt = IsOver ? beat : null,
            OccurredAt = beat ?? run["createdAt"].Time(),
            Facts = new Facts()
                .Add("run", run["name"])
                .Add("state", state)
                .Add("project", run["project"]["name"])
                .Add("entity", run["project"]["entityName"])
                .Add("group", run["group"])
                .Add("commit", run["commit"])
                .AddAll(metrics.NotFinite)
                .ToDictionary(),
        };
    }

    // the summary is JSON in a text; one that is not takes nothing from the rest
    private static System.Text.Json.JsonDocument? Parsed(string summary)
    {
        try
        {
            var parsed = JsonBody.Parse(Encoding.UTF8.GetBytes(summary));
            if (parsed.RootElement.ValueKind == System.Text.Json.JsonValueKind.Object)
                return parsed;
            parsed.Dispose();
            return null;
        }
        catch (Exception wrong) when (wrong is NotJsonException or UnreadableException)
        {
            return null;
        }
    }
}
