using System.Text.Json;
using Microsoft.Extensions.Configuration;
using OpsBot.Runtime.Redaction;
using OpsBot.Runtime.Secrets;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Runtime.Secrets;

public sealed class SecretTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("opsbot-secret").FullName;
    private readonly KnownSecrets _known = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_secret_shows_as_stars_wherever_it_is_printed()
    {
        var secret = new Secret("hunter2hunter2");
        $"{secret}".ShouldBe("***");
        JsonSerializer.Serialize(new { secret }).ShouldBe("""{"secret":"***"}""");
        secret.Reveal().ShouldBe("hunter2hunter2");
        secret.ShouldBe(new Secret("hunter2hunter2"));
        secret.ShouldNotBe(new Secret("hunter2hunter3"));
    }

    [Theory]
    [InlineData("abc def\n", "abc def")]
    [InlineData("abc\r\n\r\n", "abc")]
    [InlineData("\uFEFFabc", "abc")]
    [InlineData(" abc ", " abc ")]
    public void The_line_end_of_a_file_is_not_part_of_the_secret(string content, string secret) =>
        Reader().ReadFile(Write(content)).Reveal().ShouldBe(secret);

    [Fact]
    public void The_file_is_preferred_and_both_are_refused()
    {
        var file = Write("from-file");
        Reader(("TOKEN_FILE", file)).Find("TOKEN")!.Reveal().ShouldBe("from-file");
        Reader(("TOKEN", "plain")).Find("TOKEN")!.Reveal().ShouldBe("plain");
        Reader().Find("TOKEN").ShouldBeNull();
        Should.Throw<SecretException>(() => Reader(("TOKEN", "plain"), ("TOKEN_FILE", file)).Find("TOKEN")).Message.ShouldContain("TOKEN_FILE");
    }

    [Fact]
    public void A_file_that_cannot_be_used_says_why_and_never_what_it_holds()
    {
        Should.Throw<SecretException>(() => Reader().ReadFile(Path.Combine(_folder, "none"))).Message.ShouldContain("none");
        Should.Throw<SecretException>(() => Reader().ReadFile(Write("\n"))).Message.ShouldContain("empty");
        Should.Throw<SecretException>(() => Reader().ReadFile(Write(new string('x', 70_000)))).Message.ShouldContain("65536");
        var binary = Path.Combine(_folder, "binary");
        File.WriteAllBytes(binary, [0xff, 0xfe, 0x41]);
        Should.Throw<SecretException>(() => Reader().ReadFile(binary)).Message.ShouldContain("UTF-8");
    }

    [Fact]
    public void What_was_read_is_taken_out_of_any_text_from_then_on()
    {
        Reader().ReadFile(Write("correct horse battery\n"));
        Some.Redactor(_known).Redact("it said: correct horse battery!").ShouldBe("it said: [redacted:secret]!");
    }

    private SecretReader Reader(params (string Key, string Value)[] settings) => new(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build(), _known);

    private string Write(string content)
    {
        var path = Path.Combine(_folder, Guid.NewGuid().ToString("n"));
        File.WriteAllText(path, content);
        return path;
    }
}
