using System.Diagnostics;
using Microsoft.Extensions.Options;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Messages;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Storage.Messages;

public sealed class WorkerLocksTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("opsbot-workers-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static IReadOnlyCollection<string> Dead(WorkerLocks seenBy, IReadOnlyCollection<string> owners) => seenBy.DeadOfAsync(owners, Token).GetAwaiter().GetResult();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Who_lives_is_not_dead_however_often_the_others_look()
    {
        using var one = Start();
        using var two = Start();

        for (var look = 0; look < 3; look++)
        {
            Dead(one, [one.Own.Owner, two.Own.Owner]).ShouldBeEmpty();
            Dead(two, [one.Own.Owner, two.Own.Owner]).ShouldBeEmpty();
        }

        Files().ShouldBe([one.Own.Owner, two.Own.Owner], ignoreOrder: true);
    }

    [Fact]
    public void Who_ended_in_order_is_dead_and_leaves_no_file()
    {
        using var one = Start();
        var two = Start();

        two.Dispose();

        Dead(one, [one.Own.Owner, two.Own.Owner]).ShouldBe([two.Own.Owner]);
        Files().ShouldBe([one.Own.Owner]);
    }

    [Fact]
    public async Task A_process_is_dead_from_the_moment_it_is_killed_whatever_its_machine_was_called()
    {
        if (!File.Exists("/usr/bin/flock"))
            Assert.Skip("needs util-linux's flock to hold a lock in another process");
        using var one = Start();
        const string Other = "a-container-that-is-no-more-1-0f";
        using var other = Process.Start("/usr/bin/flock", ["--no-fork", Path.Combine(_folder, "workers", Other + ".lock"), "sleep", "60"]);
        try
        {
            // it takes its lock some time after its start
            await UntilAsync(() => File.Exists(Path.Combine(_folder, "workers", Other + ".lock")) && Dead(one, [Other]).Count == 0);
            Dead(one, [Other]).ShouldBeEmpty();
        }
        finally
        {
            other.Kill();
            await other.WaitForExitAsync(Token);
        }

        Dead(one, [Other]).ShouldBe([Other]);
        Files().ShouldBe([one.Own.Owner], "the stale file is removed");
    }

    [Theory]
    [InlineData("another-machine/1/2")]
    [InlineData("../../etc/passwd")]
    [InlineData("")]
    public void An_owner_without_a_file_is_dead(string owner)
    {
        using var one = Start();

        Dead(one, [owner]).ShouldBe([owner]);
    }

    [Fact]
    public async Task Who_is_just_starting_keeps_its_file_while_others_sweep()
    {
        using var sweeper = Start();
        using var stop = new CancellationTokenSource();
        var sweeping = Enumerable.Range(0, 3).Select(_ => Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                    Dead(sweeper, []);
            },
            Token)).ToList();

        var lost = 0;
        for (var start = 0; start < 3000; start++)
        {
            using var worker = Start();
            lost += Dead(sweeper, [worker.Own.Owner]).Count;
        }

        await stop.CancelAsync();
        await Task.WhenAll(sweeping);
        lost.ShouldBe(0);
    }

    [Fact]
    public void Where_the_folder_was_cleared_nobody_is_called_dead()
    {
        using var one = Start();
        using var two = Start();

        Directory.Delete(Path.Combine(_folder, "workers"), recursive: true);

        Dead(one, [two.Own.Owner]).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_dead_process_held_is_free_at_once_and_what_a_living_one_holds_is_not()
    {
        TestEngine.SkipOnPostgres("leases of a dead process run out there");
        await using var store = new StoreFixture(folder: _folder);
        await using var living = new StoreFixture(folder: _folder);
        var ended = new StoreFixture(folder: _folder);
        foreach (var key in new[] { "a", "b" })
            await store.Intake.AcceptAsync(Note.Delivered(key, key), Token);
        var held = (await living.ClaimAsync(Note.Kind, most: 1)).ShouldHaveSingleItem();
        var abandoned = (await ended.ClaimAsync(Note.Kind)).ShouldHaveSingleItem();
        await ended.TakeAsync(abandoned);

        (await store.Queue.FreeAbandonedAsync(Token)).ShouldBe(0, "both live");
        await ended.DisposeAsync();

        (await store.Queue.FreeAbandonedAsync(Token)).ShouldBe(1);
        (await store.ClaimAsync(Note.Kind)).ShouldHaveSingleItem().Id.ShouldBe(abandoned.Id);
        (await living.TakeAsync(held)).ShouldNotBeNull();
    }

    [Fact]
    public void A_data_folder_keeps_its_host_name_and_another_folder_has_another()
    {
        string name;
        using (var one = Start())
        using (var two = Start())
        {
            name = one.Own.Host;
            two.Own.Host.ShouldBe(name);
        }

        using var later = Start();
        later.Own.Host.ShouldBe(name);
        Directory.EnumerateFiles(_folder).Select(Path.GetFileName).ShouldBe(["host"]);

        using var elsewhere = new WorkerLocks(Options.Create(new StoreOptions { DataFolder = Path.Combine(_folder, "elsewhere") }));
        elsewhere.Own.Host.ShouldNotBe(name);
    }

    [Fact]
    public async Task Those_that_start_together_agree_on_the_host()
    {
        var names = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => HostFile.NameOf(_folder), Token)));

        names.Distinct().ShouldHaveSingleItem();
        Directory.EnumerateFiles(_folder).Select(Path.GetFileName).ShouldBe(["host"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("one\ntwo")]
    public void A_host_file_without_a_name_is_an_error_that_says_what_to_do(string text)
    {
        File.WriteAllText(Path.Combine(_folder, "host"), text);

        Should.Throw<IOException>(() => HostFile.NameOf(_folder)).Message.ShouldContain("holds no name of a host; put back what it held");
    }

    private WorkerLocks Start() => new(Options.Create(new StoreOptions { DataFolder = _folder }));

    private IEnumerable<string?> Files() =>
        Directory.EnumerateFiles(Path.Combine(_folder, "workers")).Select(path => Path.GetFileNameWithoutExtension(path));

    private static async Task UntilAsync(Func<bool> holds)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (!holds() && TimeProvider.System.GetElapsedTime(begun) < TimeSpan.FromSeconds(30))
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
    }
}
