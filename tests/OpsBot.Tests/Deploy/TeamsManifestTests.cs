using System.Buffers.Binary;
using System.Text.Json;
using System.Text.RegularExpressions;
using OpsBot.Chat.Commands;
using OpsBot.Tests.Architecture;

namespace OpsBot.Tests.Deploy;

/// <summary>The app package of Teams holds to what its schema and the upload ask for.</summary>
public sealed partial class TeamsManifestTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "deploy", "teams");

    private static JsonElement Manifest() => JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "manifest.json"))).RootElement;

    [Fact]
    public void The_manifest_has_what_must_be_there_within_its_lengths()
    {
        var manifest = Manifest();
        manifest.GetProperty("$schema").GetString().ShouldBe(
            $"https://developer.microsoft.com/en-us/json-schemas/teams/v{manifest.GetProperty("manifestVersion").GetString()}/MicrosoftTeams.schema.json");
        manifest.GetProperty("version").GetString()!.ShouldMatch(@"^\d+\.\d+\.\d+$");
        Guid.TryParse(manifest.GetProperty("id").GetString(), out _).ShouldBeTrue();
        Length(manifest, "name.short", 30);
        Length(manifest, "name.full", 100);
        Length(manifest, "description.short", 80);
        Length(manifest, "description.full", 4_000);
        Length(manifest, "developer.name", 32);
        foreach (var address in new[] { "websiteUrl", "privacyUrl", "termsOfUseUrl" })
            manifest.GetProperty("developer").GetProperty(address).GetString().ShouldStartWith("https://");
        Colour().IsMatch(manifest.GetProperty("accentColor").GetString()!).ShouldBeTrue();
    }

    [Fact]
    public void The_bot_is_in_teams_chats_and_alone_and_its_commands_fit()
    {
        var bot = Manifest().GetProperty("bots").EnumerateArray().ToList().ShouldHaveSingleItem();
        bot.GetProperty("botId").GetString().ShouldBe(Manifest().GetProperty("id").GetString());
        bot.GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString()).ShouldBe(["team", "groupChat", "personal"], ignoreOrder: true);
        var commands = bot.GetProperty("commandLists").EnumerateArray().ToList().ShouldHaveSingleItem().GetProperty("commands").EnumerateArray().ToList();
        commands.Count.ShouldBeInRange(1, 10);
        foreach (var command in commands)
        {
            Length(command, "title", 32);
            ChatWords.Find(command.GetProperty("title").GetString()!).ShouldNotBeNull("a word of chat");
            Length(command, "description", 128);
        }
    }

    [Theory]
    [InlineData("color", 192)]
    [InlineData("outline", 32)]
    public void An_icon_is_a_PNG_of_the_size_that_is_asked_for(string name, int side)
    {
        var file = Manifest().GetProperty("icons").GetProperty(name).GetString()!;
        var bytes = File.ReadAllBytes(Path.Combine(Folder, file));
        bytes[..8].ShouldBe([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        (BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(20))).ShouldBe((side, side));
    }

    private static void Length(JsonElement json, string path, int most)
    {
        foreach (var step in path.Split('.')) json = json.GetProperty(step);
        json.GetString()!.Length.ShouldBeInRange(1, most, path);
    }

    [GeneratedRegex("^#[0-9A-Fa-f]{6}$", RegexOptions.None, 500)]
    private static partial Regex Colour();
}
