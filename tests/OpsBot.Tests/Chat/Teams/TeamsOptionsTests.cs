using OpsBot.Chat.Teams;
using OpsBot.Chat.Teams.Outgoing;

namespace OpsBot.Tests.Chat.Teams;

public sealed class TeamsOptionsTests
{
    private static TeamsOptions Good() => new() { AppId = TeamsSide.AppId, ClientSecret = TeamsSide.Secret, Tenants = [TeamsSide.Tenant] };

    [Fact]
    public void Nothing_is_asked_of_whoever_has_no_Teams() => new TeamsOptionsValidator().Validate(null, new TeamsOptions()).Succeeded.ShouldBeTrue();

    [Fact]
    public void An_app_with_its_secret_and_tenant_is_enough() => new TeamsOptionsValidator().Validate(null, Good()).Succeeded.ShouldBeTrue();

    public static TheoryData<string, string> Wrong => new()
    {
        { "secret without app", "teams.appId: is missing" }, { "no guid", "teams.appId: is not" }, { "no tenant", "teams.tenants: is empty" },
        { "no secret", "teams.clientSecret: is missing or blank" }, { "blank tenant", "teams.tenants: one of them is blank" },
        { "plain service", "teams.serviceUrls: 'http://smba.trafficmanager.net/'" }, { "other service", "teams.serviceUrl: 'https://example.org/'" },
        { "authority", "teams.authority: 'http://login.example.org/t'" }, { "metadata", "teams.openIdMetadata: 'ftp://x/'" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_would_not_work_or_not_be_safe_stops_the_start(string what, string expected)
    {
        var options = Good();
        switch (what)
        {
            case "secret without app": options.AppId = null; break;
            case "no guid": options.AppId = "opsbot"; break;
            case "no tenant": options.Tenants = []; break;
            case "no secret": options.ClientSecret = "   "; break;
            case "blank tenant": options.Tenants.Add(" "); break;
            case "plain service": options.ServiceUrls = ["https://smba.trafficmanager.net/", "http://smba.trafficmanager.net/"]; break;
            case "other service": options.ServiceUrl = "https://example.org/"; break;
            case "authority": options.Authority = "http://login.example.org/t"; break;
            default: options.OpenIdMetadata = "ftp://x/"; break;
        }

        new TeamsOptionsValidator().Validate(null, options).Failures.ShouldHaveSingleItem().ShouldStartWith(expected);
    }

    [Theory]
    [InlineData("https://smba.trafficmanager.net/", true)]
    [InlineData("https://smba.trafficmanager.net/emea/tenant/", true)]
    [InlineData("HTTPS://SMBA.TrafficManager.net:443/emea", true)]
    [InlineData("http://smba.trafficmanager.net/", false)]
    [InlineData("https://smba.trafficmanager.net:8443/", false)]
    [InlineData("https://smba.trafficmanager.net.example.org/", false)]
    [InlineData("https://smba.trafficmanager.net@example.org/", false)]
    [InlineData("https://example.org/smba.trafficmanager.net/", false)]
    [InlineData("https://smba.trafficmanager.net/?x=https://example.org", false)]
    [InlineData("https://smba.trafficmanager.net/#x", false)]
    [InlineData("//smba.trafficmanager.net/", false)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Only_addresses_of_the_list_get_our_token(string? address, bool allowed) => ServiceUrlList.Of(Good()).Allows(address).ShouldBe(allowed);

    [Theory]
    [InlineData("https://smba.trafficmanager.net/teams/", true)]
    [InlineData("https://smba.trafficmanager.net/teams", true)]
    [InlineData("https://smba.trafficmanager.net/teams/v3", true)]
    [InlineData("https://smba.trafficmanager.net/teams-of-others/", false)]
    [InlineData("https://smba.trafficmanager.net/teams/../others/", false)]
    [InlineData("https://smba.trafficmanager.net/teams/%2e%2e/others/", false)]
    [InlineData("https://smba.trafficmanager.net/teams/..%2fothers/", false)]
    public void A_path_of_the_list_covers_what_is_below_it_only(string address, bool allowed)
    {
        var options = Good();
        options.ServiceUrls = ["https://smba.trafficmanager.net/teams"];
        ServiceUrlList.Of(options).Allows(address).ShouldBe(allowed);
    }
}
