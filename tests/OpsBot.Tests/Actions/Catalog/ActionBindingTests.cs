using OpsBot.Actions.Catalog;
using OpsBot.Contracts.Actions;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Actions.Catalog;

public sealed class ActionBindingTests
{
    private static readonly Dictionary<string, string> Files = Some.Arguments(("/bin/echo", "00"));

    [Fact]
    public void Each_part_of_what_would_be_done_changes_the_hash()
    {
        var action = Some.Action();
        var slot = Some.Slot(Some.Planner().Plan(action, Some.Arguments(("cache", "a")), null), Some.Arguments(("version", "7")));
        string[] hashes =
        [
            Hash(action, slot),
            Hash(action with { Name = "other" }, slot),
            Hash(action with { Hash = "other" }, slot),
            Hash(action, slot with { Arguments = Some.Arguments(("cache", "b")) }),
            Hash(action, slot with { Target = "cache/b" }),
            Hash(action, slot with { Run = [.. slot.Run, "--all"] }),
            Hash(action, slot with { Run = [.. slot.Run.SkipLast(2), string.Join(' ', slot.Run.TakeLast(2))] }),
            Hash(action, slot with { Undo = [] }),
            Hash(action, slot with { Undo = null }),
            Hash(action, slot with { State = Some.Arguments(("version", "8")) }),
            Hash(action, slot with { State = Some.Arguments() }),
            Hash(action, slot, quorum: 2),
            Hash(action, slot, files: Some.Arguments(("/bin/echo", "01"))),
            Hash(action, slot, files: Some.Arguments(("/bin/echo", "00"), ("/bin/sh", "00"))),
            ActionBinding.Of(action, "production", [slot, slot with { Number = 2 }], Files, 1).Hash,
            ActionBinding.Of(action, "production", [], Files, 1).Hash,
            ActionBinding.Of(action, "staging", [slot], Files, 1).Hash,
        ];
        hashes.ShouldBeUnique();
        hashes.ShouldAllBe(hash => hash.Length == 64);
    }

    [Fact]
    public void What_a_dry_run_printed_is_shown_and_not_bound()
    {
        var slot = Some.Slot(Some.Planner().Plan(Some.Action(), Some.Arguments(("cache", "a")), null));
        Hash(Some.Action(), slot with { DryRun = new(0, "at 12:00:01") }).ShouldBe(Hash(Some.Action(), slot with { DryRun = new(0, "at 12:00:02") }));
    }

    [Fact]
    public void Half_a_character_is_not_bound_since_it_would_look_like_any_other()
    {
        var slot = Some.Slot(Some.Planner().Plan(Some.Action(), Some.Arguments(("cache", "a")), null), Some.Arguments(("x", "\ud800")));
        Should.Throw<ActionRefusedException>(() => Hash(Some.Action(), slot));
    }

    [Fact]
    public void Each_setting_of_an_action_changes_its_hash()
    {
        Action<ActionOptions>[] changes =
        [
            _ => { }, o => o.Description = "x", o => o.Run.Add("x"), o => o.Undo = ["true"], o => o.Target = "x", o => o.TimeLimit = TimeSpan.FromSeconds(5),
            o => o.Environment["A"] = "b", o => o.Files = ["/bin/sh"], o => o.Gates.Before = ["g"], o => o.Gates.After = ["g"], o => o.Approval.Quorum = 3,
            o => o.Approval.Roles = ["x"], o => o.Approval.Expires = TimeSpan.FromHours(1), o => o.Parameters["cache"].Pattern = "x", o => o.Blast.Count = "2",
            o => o.Parameters["cache"].Unicode = true, o => o.Health = [new() { Name = "h", Prometheus = "up" }], o => o.Folder = "/", o => o.WorkingDirectory = "/",
            o => o.Probe = ["true"], o => o.State = ["true"], o => o.DryRun = ["true"], o => o.Risk = RiskOption.Irreversible, o => o.OutputLimitKiB = 1,
        ];
        changes.Select(change => Some.Action(change).Hash).ShouldBeUnique();
        Some.Action().Hash.ShouldBe(Some.Action().Hash);
    }

    private static string Hash(ActionDefinition action, ProposalSlot slot, Dictionary<string, string>? files = null, int quorum = 1) =>
        ActionBinding.Of(action, "production", [slot], files ?? Files, quorum).Hash;
}
