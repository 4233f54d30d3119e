using System.Text.Json;
using OpsBot.Contracts.Actions;
using OpsBot.Storage.Engine;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Actions.Audit;

public sealed class AuditTrailTests
{
    [Fact]
    public async Task Rows_are_numbered_without_gaps_and_chained()
    {
        await using var audit = new AuditFixture();
        await audit.AppendManyAsync(3);
        (await audit.RowsAsync()).Select(row => row.Seq).ShouldBe([1, 2, 3]);
        var finding = await audit.VerifyAsync();
        (finding.Holds, finding.Head!.Seq).ShouldBe((true, 3));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("-9223372036854775808")]
    [InlineData("0")]
    [InlineData("-3")]
    public async Task A_row_that_is_put_in_beside_the_chain_is_found_and_not_listed(string seq)
    {
        TestEngine.SkipOnPostgres("a key is never null there");
        await using var audit = new AuditFixture();
        await audit.AppendManyAsync(3);
        await audit.MeddleAsync($"insert into audit (seq, at, kind, actor, subject, body, mac) values ({seq}, 1, 'approved', 'bob', 'PROP-4 v1', '{{}}', 'x')");

        (await audit.VerifyAsync()).Holds.ShouldBeFalse();
        (await audit.Reader.NewestAsync(null, 10, TestContext.Current.CancellationToken)).Count.ShouldBe(3);
    }

    [Fact]
    public async Task What_is_rolled_back_leaves_no_row_and_no_gap()
    {
        await using var audit = new AuditFixture();
        await audit.AppendManyAsync(1);
        await Should.ThrowAsync<InvalidOperationException>(() => audit.AppendAndThrowAsync());
        await audit.AppendManyAsync(1);
        (await audit.RowsAsync()).Select(row => row.Seq).ShouldBe([1, 2]);
        (await audit.VerifyAsync()).Holds.ShouldBeTrue();
    }

    [Fact]
    public async Task Many_at_once_still_make_one_chain()
    {
        await using var audit = new AuditFixture();
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => audit.AppendAsync("gate", ("n", $"{i}"))));
        (await audit.RowsAsync()).Count.ShouldBe(200);
        (await audit.VerifyAsync()).Holds.ShouldBeTrue();
    }

    [Fact]
    public async Task Secrets_are_redacted_and_digests_are_not()
    {
        await using var audit = new AuditFixture();
        var digest = new string('a', 60) + "0123";
        await audit.AppendAsync("exited", ("output", digest), ("password", "hunter2hunter2"), ("text", "password=hunter2hunter2"), ("hash", digest));
        var row = (await audit.RowsAsync())[0];
        row.Body.ShouldNotContain("hunter2");
        var details = JsonSerializer.Deserialize<Dictionary<string, string>>(row.Body)!;
        (details["output"], details["hash"]).ShouldBe((digest, digest));
    }

    [Fact]
    public async Task Details_are_bounded()
    {
        await using var audit = new AuditFixture();
        var details = Enumerable.Range(0, 500).ToDictionary(i => $"{i:000}" + new string('n', 1000), _ => new string('v', 10_000) + "😀");
        await audit.AppendAsync(new AuditEntry(new string('k', 1000), new string('a', 1000), new string('s', 1000), details));
        var row = (await audit.RowsAsync())[0];
        row.Body.Length.ShouldBeLessThan(64 * 4200);
        row.Body.ShouldContain("436 more details are not kept");
        (row.Kind.Length, row.Actor.Length, row.Subject.Length).ShouldBe((200, 200, 200));
        (await audit.VerifyAsync()).Holds.ShouldBeTrue();
    }

    [Fact]
    public async Task Rows_of_a_proposal_are_found_with_all_its_versions()
    {
        await using var audit = new AuditFixture();
        foreach (var subject in (string[])["PROP-7 v1", "PROP-7 v2", "PROP-71 v1", "INC-7"])
        {
            await audit.AppendAsync(new AuditEntry("proposed", "opsbot", subject, new Dictionary<string, string>()));
        }

        (await audit.Reader.NewestAsync("PROP-7", 10, TestContext.Current.CancellationToken)).Select(row => row.Subject).ShouldBe(["PROP-7 v2", "PROP-7 v1"]);
    }

    [Fact]
    public async Task The_key_is_made_once_for_its_owner_alone_and_never_again_beside_an_audit()
    {
        await using var audit = new AuditFixture();
        await audit.AppendManyAsync(1);
        var file = Path.Combine(audit.Folder, "audit.key");
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        File.ReadAllBytes(file).Length.ShouldBe(32);
        Directory.GetFiles(audit.Folder, "audit.key*").Length.ShouldBe(1);

        audit.Restart();
        await audit.AppendManyAsync(1);
        (await audit.VerifyAsync()).Holds.ShouldBeTrue();

        File.Delete(file);
        audit.Restart();
        (await Should.ThrowAsync<StoreException>(() => audit.AppendManyAsync(1))).Message.ShouldContain("is not there");
        File.Exists(file).ShouldBeFalse();
    }

    [Fact]
    public async Task Two_processes_that_start_at_once_end_up_with_one_key()
    {
        for (var round = 0; round < 30; round++)
        {
            await using var audit = new AuditFixture();
            using var start = new Barrier(8);
            var keys = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    var key = audit.AnotherKey();
                    start.SignalAndWait(TestContext.Current.CancellationToken);
                    return key.Get(mayCreate: true);
                },
                TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
            keys.Select(Convert.ToHexString).Distinct().ShouldHaveSingleItem();
        }
    }

    [Fact]
    public async Task A_key_of_the_configuration_is_used_and_another_one_proves_nothing()
    {
        await using var audit = new AuditFixture("a-key-that-somebody-configured-0123456789");
        await audit.AppendManyAsync(2);
        File.Exists(Path.Combine(audit.Folder, "audit.key")).ShouldBeFalse();
        audit.Options.Key = "another-key-that-somebody-configured-0123";
        audit.Restart();
        var finding = await audit.VerifyAsync();
        finding.BadSeq.ShouldBe(1);
        finding.Reason!.ShouldContain("the key is another one");
    }
}
