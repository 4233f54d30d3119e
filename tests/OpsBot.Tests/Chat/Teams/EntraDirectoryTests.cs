using OpsBot.Chat.Teams.Incoming;
using OpsBot.Chat.Teams.Wire;

namespace OpsBot.Tests.Chat.Teams;

/// <summary>Whose address counts: what the directory says of a member of the tenant, and nothing that anybody says of themselves.</summary>
public sealed class EntraDirectoryTests
{
    private const string AdaHere = "29:ada-of-this-bot";

    private static readonly Member Ada = new(
        AdaHere, SomeActivity.Ada, TenantId: TeamsSide.Tenant, Email: "ada@example.com", UserPrincipalName: "ada@example.com", UserRole: "user");

    [Fact]
    public async Task Whoever_speaks_or_presses_has_the_address_that_the_directory_gives()
    {
        await using var app = await StartAsync(Ada);
        await app.SendAsync(SomeActivity.Mention());
        await app.SendAsync(SomeActivity.Press());
        app.Received.Select(said => said.Speaker.Email).ShouldBe(["ada@example.com", "ada@example.com"]);
        // of the team, as the roster of a channel is; and once for both
        app.Side.Connector.Calls.ShouldBe([$"GET emea/{TeamsSide.Tenant}/v3/conversations/19:team@thread.tacv2/members/{AdaHere}"]);
    }

    [Fact]
    public async Task An_address_that_the_activity_brings_does_not_count()
    {
        await using var app = await TeamsApp.StartAsync();
        var forged = SomeActivity.Mention();
        forged["from"]!["email"] = "boss@example.com";
        forged["from"]!["userPrincipalName"] = "boss@example.com";
        forged["from"]!["properties"] = new System.Text.Json.Nodes.JsonObject { ["email"] = "boss@example.com" };
        await app.SendAsync(forged);
        app.Received.ShouldHaveSingleItem().Speaker.Email.ShouldBeNull();
        app.Intake.Deliveries.Single().Messages[0].Body.ShouldNotContain("boss");
    }

    [Fact]
    public async Task A_directory_that_fails_gives_no_address_is_left_alone_for_a_while_and_is_asked_again()
    {
        await using var app = await StartAsync(Ada);
        // of the team, and then of the channel
        app.Side.Connector.Failures.Enqueue((503, null, null));
        app.Side.Connector.Failures.Enqueue((404, null, "ConversationNotFound"));
        await app.SendAsync(SomeActivity.Mention(id: "1"));
        await app.SendAsync(SomeActivity.Mention(id: "2"));
        app.Side.Connector.Calls.Count.ShouldBe(2);
        app.Clock.Advance(EntraDirectory.Rest);
        await app.SendAsync(SomeActivity.Mention(id: "3"));
        app.Received.Select(said => said.Speaker.Email).ShouldBe([null, null, "ada@example.com"]);
    }

    [Fact]
    public async Task An_address_that_was_taken_away_counts_no_longer_than_a_few_minutes()
    {
        await using var app = await StartAsync(Ada);
        await app.SendAsync(SomeActivity.Mention(id: "1"));
        app.Side.Connector.Roster[AdaHere] = Json(Ada with { Email = null });
        app.Clock.Advance(EntraDirectory.Fresh - TimeSpan.FromSeconds(1));
        await app.SendAsync(SomeActivity.Mention(id: "2"));
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        await app.SendAsync(SomeActivity.Mention(id: "3"));
        app.Received.Select(said => said.Speaker.Email).ShouldBe(["ada@example.com", "ada@example.com", null]);
    }

    [Fact]
    public async Task The_same_person_in_another_tenant_is_somebody_else()
    {
        const string other = "11111111-2222-3333-4444-555555555555";
        await using var app = await TeamsApp.StartAsync(options => options.Tenants = [TeamsSide.Tenant, other]);
        app.Side.Connector.Roster[AdaHere] = Json(Ada);
        await app.SendAsync(SomeActivity.Mention(id: "1"));
        var elsewhere = SomeActivity.Mention(id: "2");
        elsewhere["conversation"]!["tenantId"] = other;
        elsewhere["channelData"]!["tenant"]!["id"] = other;
        await app.SendAsync(elsewhere);
        app.Received.Select(said => said.Speaker.Email).ShouldBe(["ada@example.com", null]);
    }

    [Fact]
    public async Task Nobody_is_asked_for_addresses_where_that_is_switched_off()
    {
        await using var app = await TeamsApp.StartAsync(options => options.LookUpEmails = false);
        app.Side.Connector.Roster[AdaHere] = Json(Ada);
        await app.SendAsync(SomeActivity.Mention());
        app.Received.ShouldHaveSingleItem().Speaker.Email.ShouldBeNull();
        app.Side.Connector.Calls.ShouldBeEmpty();
    }

    public static TheoryData<string, string?> Members => new()
    {
        { "as Teams answers", "ada@example.com" },
        { "its older form", "ada@example.com" },
        { "without a role", "ada@example.com" },
        { "a guest by role", null },
        { "a guest by sign-in name", null },
        { "anonymous", null },
        { "of another tenant", null },
        { "of no tenant", null },
        { "somebody else", null },
        { "nobody in particular", null },
        { "neither role nor sign-in name", null },
        { "no address, and a sign-in name that looks like one", null },
        { "blank", null },
        { "no address at all", null },
        { "two addresses", null },
        { "with a line break", null },
        { "endless", null },
    };

    [Theory]
    [MemberData(nameof(Members))]
    public void What_the_directory_says_is_an_address_of_ours_or_none(string who, string? expected)
    {
        var member = who switch
        {
            "its older form" => Ada with { AadObjectId = null, ObjectId = SomeActivity.Ada.ToUpperInvariant(), UserRole = null },
            "without a role" => Ada with { UserRole = null },
            "a guest by role" => Ada with { UserRole = "guest" },
            "a guest by sign-in name" => Ada with { UserRole = null, UserPrincipalName = "ada_partner.org#ext#@example.onmicrosoft.com" },
            "anonymous" => Ada with { UserRole = "anonymous" },
            "of another tenant" => Ada with { TenantId = "11111111-2222-3333-4444-555555555555" },
            "of no tenant" => Ada with { TenantId = null },
            "somebody else" => Ada with { AadObjectId = "11111111-2222-3333-4444-555555555555" },
            "nobody in particular" => Ada with { AadObjectId = null },
            "neither role nor sign-in name" => Ada with { UserRole = null, UserPrincipalName = null },
            "no address, and a sign-in name that looks like one" => Ada with { Email = null },
            "blank" => Ada with { Email = "" },
            "no address at all" => Ada with { Email = "ada" },
            "two addresses" => Ada with { Email = "ada@example.com,boss@example.com" },
            "with a line break" => Ada with { Email = "ada@example.com\n" },
            "endless" => Ada with { Email = new string('a', 300) + "@example.com" },
            _ => Ada,
        };
        EntraDirectory.EmailOf(member, new Account(AdaHere, "Ada", SomeActivity.Ada), TeamsSide.Tenant).ShouldBe(expected);
    }

    private static async Task<TeamsApp> StartAsync(Member member)
    {
        var app = await TeamsApp.StartAsync();
        app.Side.Connector.Roster[AdaHere] = Json(member);
        return app;
    }

    private static object Json(Member member) => System.Text.Json.JsonSerializer.SerializeToElement(member, WireJson.Options);
}
