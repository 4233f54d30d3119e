using Microsoft.Extensions.DependencyInjection;
using OpsBot.Actions.People;
using OpsBot.Contracts.Actions;
using OpsBot.Host.Cli;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Actions.Attacks;

/// <summary>Somebody decides who may not.</summary>
internal static class PeopleAttacks
{
    private static readonly string[] LookAlikes =
        ["Ben", "BEN", "b\u0435n", "ben ", " ben", "ben\u200b", "\uff42\uff45\uff4e", "ben\u0000", "be\u0301n", "ben\n", "ben'--"];

    public static readonly Attack[] All =
    [
        new("the proposer approves their own proposal", "You proposed this, so somebody else has to approve it.",
            async (stage, n) => (await stage.DecideAsync(await stage.ProposeAsync($"s{n}", by: "ben"), "ben")).Text),
        new("the proposer approves through another surface", "You proposed this, so somebody else has to approve it.",
            async (stage, n) =>
            {
                var surface = stage.Get<IPeople>().ByIdentity("slack", $"U-ben-{1 + (n % 2)}")!;
                return (await stage.DecideAsync(await stage.ProposeAsync($"s{n}", by: "ben"), surface.Id)).Text;
            }),
        new("the bot approves what it proposed", "OpsBot proposes and never approves",
            async (stage, n) => (await stage.DecideAsync(await stage.ProposeAsync($"s{n}"), Actors.OpsBot)).Text),
        new("an id that looks like an approver's approves", "is nobody whom the configuration names",
            async (stage, n) => (await stage.DecideAsync(await stage.ProposeAsync($"s{n}"), LookAlikes[n])).Text, Attempts: LookAlikes.Length),
        new("a person without the role approves", "needs somebody with the role sre; you have developer",
            async (stage, n) => (await stage.DecideAsync(await stage.ProposeAsync($"s{n}"), "dev")).Text),
        new("a person without any role approves", "needs somebody with the role sre; you have none",
            async (stage, n) => (await stage.DecideAsync(await stage.ProposeAsync($"s{n}"), "eve")).Text),
        new("one person approves twice for a quorum of two", "has 1 of the 2 approvals",
            async (stage, n) =>
            {
                var proposal = await stage.ProposeAsync($"s{n}", ActionStage.Wipe);
                (await stage.DecideAsync(proposal)).Accepted.ShouldBeTrue();
                (await stage.DecideAsync(proposal)).Text.ShouldBe("You have approved this already.");
                return await stage.RunAsync(proposal) ?? "";
            }),
        new("one person with two chat identities makes a quorum of two", "has 1 of the 2 approvals",
            async (stage, n) =>
            {
                var proposal = await stage.ProposeAsync($"s{n}", ActionStage.Wipe);
                foreach (var identity in new[] { "U-ben-1", "U-ben-2" })
                    await stage.DecideAsync(proposal, stage.Get<IPeople>().ByIdentity("slack", identity)!.Id);
                return await stage.RunAsync(proposal) ?? "";
            }),
        new("the proposer is the second of two", "has 1 of the 2 approvals",
            async (stage, n) =>
            {
                var proposal = await stage.ProposeAsync($"s{n}", ActionStage.Wipe);
                await stage.DecideAsync(proposal);
                (await stage.DecideAsync(proposal, "ana")).Accepted.ShouldBeFalse();
                return await stage.RunAsync(proposal) ?? "";
            }),
        new("an approver's role is taken away after they approved", "Ben no longer has a role that may approve it",
            async (stage, n) =>
            {
                stage.Restart();
                var proposal = await stage.ApprovedAsync($"s{n}");
                stage.Restart(services => services.PostConfigure<PeopleOptions>(people => people.First(person => person.Id == "ben").Roles = ["developer"]));
                return await stage.RunAsync(proposal) ?? "";
            }, Attempts: 4),
        new("an approver is removed from the configuration after they approved", "is not among the people any more",
            async (stage, n) =>
            {
                stage.Restart();
                var proposal = await stage.ApprovedAsync($"s{n}");
                stage.Restart(services => services.PostConfigure<PeopleOptions>(people => people.RemoveAll(person => person.Id == "ben")));
                return await stage.RunAsync(proposal) ?? "";
            }, Attempts: 4),
        new("a token that is nobody's is shown on the command line", "is nobody's",
            (stage, n) => Task.FromResult(Should.Throw<UnusableInputException>(
                () => ActingPerson.Resolve(null, PersonalToken.Create() + n, stage.Get<IPeople>())).Message)),
        new("no token, or blanks for one, is shown on the command line", "This needs a person",
            (stage, n) => Task.FromResult(Should.Throw<UnusableInputException>(
                () => ActingPerson.Resolve(null, n == 0 ? null : new string(' ', n), stage.Get<IPeople>())).Message)),
        new("a stranger proposes", "is nobody whom the configuration names",
            (stage, n) => stage.ProposeRefusedAsync(ActionStage.Request($"s{n}", by: $"stranger-{n}"))),
    ];
}
