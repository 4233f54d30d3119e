using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OpsBot.Actions.People;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Ports;
using OpsBot.Host.WebConsole.Endpoints;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Host.Console;

/// <summary>What people and programs send to the command box beside commands, over everything that decides and a store on disk.</summary>
public sealed class CommandBoxAttackTests : IAsyncDisposable
{
    private readonly CommandStage _stage = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("mute fp\0-1 2h")]
    [InlineData("mute \u0001\u001b[31mfp 2h \0")]
    [InlineData("find \0\0 latency")]
    [InlineData("run roll-back service=\"pay\0ments\"")]
    [InlineData("refuse PROP-1 \0no\u0007")]
    [InlineData("stop \0")]
    [InlineData("\0")]
    [InlineData("split \0")]
    [InlineData("diagnose pay\0ments")]
    public async Task Characters_that_no_store_takes_end_in_an_answer(string text)
    {
        await _stage.OpenAsync(Some.Alert());
        var said = await SayAsync("ben", text);
        said.ShouldNotBeNullOrWhiteSpace();
        (await Desk().MutesAsync(10, Token)).ShouldAllBe(mute => !mute.Fingerprint.Any(char.IsControl));
        (await _stage.AuditAsync()).ShouldAllBe(row => !row.Subject.Any(char.IsControl));
    }

    [Theory]
    [InlineData("run roll-back service=")]
    [InlineData("stop ")]
    [InlineData("mute fp 2h ")]
    public async Task What_is_too_long_to_be_read_does_nothing_rather_than_half_of_it(string beginning)
    {
        await _stage.OpenAsync(Some.Alert());
        (await SayAsync("ben", beginning + new string('x', 4000))).ShouldContain("too long");
        (await _stage.Actions.Get<IActionReader>().SwitchAsync(Token)).IsStopped.ShouldBeFalse();
        (await Desk().MutesAsync(10, Token)).ShouldBeEmpty();
        (await _stage.Actions.CountAsync("select count(*) from proposals")).ShouldBe(0);
    }

    [Fact]
    public async Task A_hundred_kilobytes_are_refused_before_they_are_read_and_the_page_says_why()
    {
        await using var console = await ConsoleUnderTest.StartAsync(Token, people: true);
        using var browser = console.Browser();
        var login = Hidden(await browser.GetStringAsync("/login", Token));
        await browser.PostAsync("/login", new FormUrlEncodedContent([login, new("token", ConsoleUnderTest.AdasToken)]), Token);
        var field = Hidden(await browser.GetStringAsync("/incidents/INC-12", Token));

        var answer = await browser.PostAsync("/incidents/INC-12/say", new FormUrlEncodedContent([field, new("text", new string('x', 100_000))]), Token);

        answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await answer.Content.ReadAsStringAsync(Token)).ShouldContain("That was too long");
        console.Actions.Asked.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("run roll-back service=payments", "select count(*) from proposals", 1)]
    [InlineData("ack", "select count(*) from messages where kind = 'incident.acknowledge'", 1)]
    [InlineData("resolve", "select count(*) from messages where kind = 'incident.close'", 1)]
    [InlineData("mute fp-9 2h", "select count(*) from mutes", 1)]
    public async Task The_same_form_from_two_tabs_at_once_does_it_once(string text, string counted, long expected)
    {
        await _stage.OpenAsync(Some.Alert());
        var said = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => SayAsync("ben", text), Token)));
        said.ShouldAllBe(answer => answer.Length > 0);
        (await _stage.Actions.CountAsync(counted)).ShouldBe(expected, string.Join('\n', said));
    }

    [Fact]
    public async Task Two_people_who_approve_at_once_start_one_run_and_where_two_are_wanted_both_count()
    {
        await _stage.OpenAsync(Some.Alert());
        await SayAsync("ana", "run roll-back service=payments");
        await SayAsync("ana", "run wipe service=payments");
        foreach (var name in new[] { "PROP-1", "PROP-2" })
        {
            var said = await Task.WhenAll(Race(name, "ben"), Race(name, "cleo"), Race(name, "ana"), Race(name, "eve"));
            said[2].ShouldNotContain("runs now", Case.Sensitive, "nobody approves their own");
            said[3].ShouldNotContain("runs now", Case.Sensitive, "eve has no role");
            said.Count(answer => answer.Contains("runs now", StringComparison.Ordinal)).ShouldBe(1, string.Join('\n', said));
        }

        (await _stage.Actions.CountAsync("select count(*) from messages where kind = 'action.run'")).ShouldBe(2);
        (await _stage.Actions.CountAsync("select count(*) from approvals where person in ('ana', 'eve')")).ShouldBe(0);

        Task<string> Race(string name, string person) => Task.Run(() => SayAsync(person, $"approve {name}"), Token);
    }

    [Fact]
    public async Task An_incident_that_is_not_there_is_answered_and_nothing_is_done_to_another()
    {
        await _stage.OpenAsync(Some.Alert());
        foreach (var text in new[] { "why INC-9", "ack INC-9", "resolve INC-9", "split INC-9 fp-1", "merge INC-9", "run roll-back service=a INC-9", "diagnose INC-9" })
            (await SayAsync("ben", text)).ShouldContain("There is no incident INC-9", Case.Sensitive, text);
        (await _stage.Actions.CountAsync("select count(*) from proposals")).ShouldBe(0);
    }

    [Fact]
    public async Task A_mute_of_any_fingerprint_is_ended_from_the_page_once()
    {
        await SayAsync("ben", "mute \"<b>disk \u202e é\" 2h");
        var row = (await Desk().MutesAsync(10, Token)).ShouldHaveSingleItem();
        row.Person.ShouldBe(Person("ben").Name);
        var ended = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => Desk().UnmuteAsync(Person("cleo"), row.Key, Token), Token)));
        ended.Count(answer => answer.Text.Contains("is heard again", StringComparison.Ordinal)).ShouldBe(1);
        (await Desk().MutesAsync(10, Token)).ShouldBeEmpty();
        (await _stage.AuditAsync()).Where(entry => entry.Kind == "unmuted").ShouldHaveSingleItem().Actor.ShouldBe("cleo");
        (await Desk().UnmuteAsync(Person("cleo"), "no such key", Token)).Text.ShouldBe("That is not muted any more.");
    }

    public ValueTask DisposeAsync() => _stage.DisposeAsync();

    private async Task<string> SayAsync(string who, string text) => (await Desk().SayAsync(Person(who), 1, text, Token)).Text;

    private Person Person(string id) => _stage.Actions.Get<IPeople>().Find(id)!;

    private ConsoleDesk Desk() => ActivatorUtilities.CreateInstance<ConsoleDesk>(_stage.Actions.Get<IServiceProvider>());

    private static KeyValuePair<string, string> Hidden(string page)
    {
        var at = page.IndexOf("type=\"hidden\" name=\"", StringComparison.Ordinal) + "type=\"hidden\" name=\"".Length;
        var name = page[at..page.IndexOf('"', at)];
        at = page.IndexOf("value=\"", at, StringComparison.Ordinal) + "value=\"".Length;
        return KeyValuePair.Create(name, page[at..page.IndexOf('"', at)]);
    }
}
