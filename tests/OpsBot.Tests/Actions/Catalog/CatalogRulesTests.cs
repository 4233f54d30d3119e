using OpsBot.Tests.Support;

namespace OpsBot.Tests.Actions.Catalog;

/// <summary>What 'opsbot config check' proves of the catalog.</summary>
public sealed class CatalogRulesTests
{
    [Theory]
    [InlineData("{name: ranker, training: {metric: auc, target: 0.8, curve: {csv: {path: /x}}}, start: {event: {jobs: [a]}}}", null)]
    [InlineData("{name: other, training: {metric: auc, target: 0.8, curve: {csv: {path: /x}}}, start: {event: {jobs: [a]}}}", "'ranker' is not under 'watches'")]
    [InlineData("{name: ranker, training: {curve: {csv: {path: /x}}}, start: {event: {jobs: [a]}}}", "'ranker' has no target")]
    [InlineData("{name: ranker, training: {metric: auc, target: 0.8, curve: {csv: {path: /x}}}}", "'ranker' does not begin with a job")]
    public void A_loop_goes_by_a_watch_that_can_be_reached(string watch, string? expected)
    {
        var problems = ActionsConfiguration.Problems($$$$$"""
            people: [{id: ada, roles: [oncall]}, {id: grace, roles: [oncall]}]
            watches: [{{{{{watch}}}}}]
            actions: {catalog: {tune: {description: Tune, parameters: {job: {}, set: {}}, risk: irreversible, target: job, run: [echo, "{job}", "{set}"], loop: {over: set, values: [a, b], watch: ranker}}}}
            """);
        if (expected is null)
            problems.ShouldBeEmpty();
        else
            problems.ShouldHaveSingleItem().ShouldContain($"actions.catalog.tune.loop.watch: {expected}");
    }

    [Fact]
    public void An_action_that_holds_has_no_problem() => ActionsConfiguration.ProblemsOfAction().ShouldBeEmpty();

    [Theory]
    [InlineData("ran: [echo]", "unknown key 'actions.catalog.purge-cache.ran'; did you mean 'run'?")]
    [InlineData("loop: {over: cache, values: [a, b], watch: w}", "purge-cache.loop: what one run began is not taken back")]
    [InlineData("loop: {over: cash, values: [a, b], watch: w}", "purge-cache.loop.over: 'cash' is no parameter; there are cache")]
    [InlineData("loop: {over: cache, values: [a, b, a], watch: w}", "purge-cache.loop.values[2]: 'a' is there already; no setting is tried twice")]
    [InlineData("loop: {over: cache, values: [a, -b], watch: w}", "purge-cache.loop.values[1]: ")]
    [InlineData("loop: {over: cache, values: [a]}", "purge-cache.loop.watch: ")]
    [InlineData("loop: {over: cache, watch: w}", "purge-cache.loop.values: ")]
    [InlineData("undo: []", "purge-cache.undo: is missing, and a reversible action has one")]
    [InlineData("description:", "purge-cache.description: ")]
    [InlineData("run: [echo, \"{cache}\", \"{casche}\"]", "opsbot.yaml:9: actions.catalog.purge-cache.run: {casche} names no parameter; there are cache")]
    [InlineData("target: \"{cash}\"", "purge-cache.target: {cash} names no parameter")]
    [InlineData("target: \"{state.x}\"", "purge-cache.target: {state.x} may only stand in run and undo")]
    [InlineData("undo: [echo, \"{state.x}\"]", "purge-cache.undo: {state.x} needs a 'state' command")]
    [InlineData("dryRun: [echo, \"{state.x}\"]", "purge-cache.dryRun: {state.x} may only stand in run and undo")]
    [InlineData("run: [\"{cache}\"]", "purge-cache.run: '{cache}' is no program")]
    [InlineData("run: [no-such-program-7, \"{cache}\"]", "purge-cache.run: the program 'no-such-program-7' is in none of /usr/local/sbin")]
    [InlineData("run: [/nowhere/x, \"{cache}\"]", "purge-cache.run: the program '/nowhere/x' does not exist")]
    [InlineData("run: [/etc/passwd, \"{cache}\"]", "purge-cache.run: the program '/etc/passwd' is not executable")]
    [InlineData("files: [/nowhere/y]", "purge-cache.files: the file '/nowhere/y' does not exist")]
    [InlineData("workingDirectory: /nowhere", "purge-cache.workingDirectory: the folder '/nowhere' does not exist")]
    [InlineData("environment: {PATH: /tmp}", "purge-cache.environment: 'PATH' cannot be set here")]
    [InlineData("environment: {OPSBOT_FENCE: x}", "purge-cache.environment: 'OPSBOT_FENCE' cannot be set here")]
    [InlineData("environment: {A: \"{cache}\"}", "purge-cache.environment: A is taken as written")]
    [InlineData("parameters: {cache: {pattern: \"[\"}}", "parameters.cache.pattern: '[' is no pattern that can be used")]
    [InlineData("parameters: {cache: {pattern: \"(?=a)b\"}}", "look-arounds, back-references")]
    [InlineData("parameters: {cache: {pattern: \"a)|(b\"}}", "is no pattern that can be used")]
    [InlineData("parameters: {cache: {pattern: \".+\"}}", "parameters.cache.pattern: '.+' takes '-'")]
    [InlineData("parameters: {cache: {pattern: \"[a-z-]+\"}}", "takes '-'")]
    [InlineData("parameters: {cache: {pattern: \"-?[0-9]{7}\"}}", "takes '-1111111'")]
    [InlineData("parameters: {cache: {pattern: \"[a-z]*\"}}", "takes an empty text")]
    [InlineData("parameters: {cache: {pattern: \"[a-z]+\", default: A1}}", "parameters.cache.default: 'A1' does not match [a-z]+")]
    [InlineData("parameters: {cache: {default: -x}}", "parameters.cache.default: '-x'")]
    [InlineData("parameters: {cache: {type: integer, min: 1, max: 3, default: 4}}", "parameters.cache.default: '4' is not between 1 and 3")]
    [InlineData("parameters: {cache: {type: integer, min: 5, max: 3}}", "parameters.cache.min: 5 is greater than max, 3")]
    [InlineData("parameters: {cache: {type: integer}}", "parameters.cache.min: a negative number at the start")]
    [InlineData("parameters: {cache: {type: choice}}", "parameters.cache.choices: is empty")]
    [InlineData("parameters: {cache: {type: choice, choices: [a, -b]}}", "parameters.cache.choices: '-b'")]
    [InlineData("parameters: {cache: {type: choice, choices: [a, a]}}", "parameters.cache.choices: a value stands twice")]
    [InlineData("parameters: {cache: {min: 1}}", "min and max belong to type integer only")]
    [InlineData("parameters: {cache: {choices: [a]}}", "choices belong to type choice only")]
    [InlineData("parameters: {cache: {type: integer, min: 0, pattern: x}}", "pattern and unicode belong to type text only")]
    [InlineData("parameters: {cache: {}, other: {}}", "parameters.other: is used nowhere")]
    [InlineData("parameters: {cache: {}, Cache2: {}}", "parameters.Cache2: 'Cache2' is no name of a parameter")]
    [InlineData("blast: {count: \"0\"}", "blast.count: '0' is neither a number from 1 nor a placeholder")]
    [InlineData("blast: {share: \"1.5\"}", "blast.share: '1.5' is neither")]
    [InlineData("approval: {roles: [dba]}", "approval.roles: nobody has the role 'dba'")]
    [InlineData("approval: {quorum: 3}", "approval.quorum: 3 people must approve, and only 2 has one of the roles oncall")]
    [InlineData("gates: {before: [no-such-gate.sh]}", "purge-cache.gates.before: 'no-such-gate.sh' is not in '")]
    [InlineData("gates: {after: [../x]}", "purge-cache.gates.after: '../x' is no name of a program in the gates folder")]
    [InlineData("health: [{name: a}]", "health[0]: takes its number either from command or from prometheus")]
    [InlineData("health: [{name: a, prometheus: up}, {name: a, prometheus: up}]", "health[1].name: 'a' stands twice")]
    [InlineData("suggest: [{arguments: {cash: x, cache: y}}]", "suggest[0].arguments: 'cash' is no parameter")]
    [InlineData("suggest: [{arguments: {cache: \"{cause.servize}\"}}]", "suggest[0].arguments: cache asks for {cause.servize}")]
    [InlineData("suggest: [{kinds: [memory]}]", "suggest[0].arguments: says nothing of 'cache', which has no default")]
    [InlineData("run: [echo, --password, hunter2hunter2, \"{cache}\"]", "purge-cache.run: an argument looks like a secret (it is not shown)")]
    public void What_does_not_hold_is_named(string line, string expected) =>
        ActionsConfiguration.ProblemsOfAction(line).ShouldHaveSingleItem().ShouldContain(expected);

    [Fact]
    public void What_cannot_be_undone_is_approved_by_two()
    {
        ActionsConfiguration.ProblemsOfAction("risk: irreversible", "undo: []", "approval: {quorum: 1}").ShouldHaveSingleItem()
            .ShouldContain("approval.quorum: is 1; what cannot be undone is approved by 2 people at least");
        ActionsConfiguration.ProblemsOfAction("risk: irreversible", "undo: []").ShouldBeEmpty();
    }

    [Fact]
    public void What_only_reads_is_no_action() => ActionsConfiguration.ProblemsOfAction("risk: read")[0]
        .ShouldBe("opsbot.yaml:7: actions.catalog.purge-cache.risk: 'read' is not one of reversible, irreversible");

    [Theory]
    [InlineData("Purge")]
    [InlineData("purge_cache")]
    [InlineData("-purge")]
    public void The_name_of_an_action_is_plain(string name) => ActionsConfiguration.Problems(
        $"people: [{{id: ada, roles: [oncall]}}]\nactions:\n  catalog:\n    {name}: {{description: x, risk: reversible, target: x, run: [echo], undo: [echo]}}\n")
        .ShouldHaveSingleItem().ShouldContain("is no name of an action");

    [Fact]
    public void A_secret_from_a_file_does_not_get_into_an_argument_and_is_not_shown()
    {
        using var folder = new SomeFolder();
        var file = folder.Write("secret", "correct-horse-battery");
        var problems = ActionsConfiguration.ProblemsOfAction($"run: [echo, \"{{cache}}\", !file {file}]");
        problems.ShouldContain(problem => problem.Contains("a secret cannot stand here", StringComparison.Ordinal));
        problems.ShouldAllBe(problem => !problem.Contains("correct-horse", StringComparison.Ordinal));
    }
}
