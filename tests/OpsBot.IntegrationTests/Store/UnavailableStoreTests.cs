using System.Diagnostics;
using System.Globalization;
using System.Net;
using Microsoft.Data.Sqlite;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Store;

/// <summary>The store cannot commit for a while: senders and the health check are told so, and all goes on when it can again.</summary>
public sealed class UnavailableStoreTests : IDisposable
{
    private readonly DataFolder _folder = new();
    private readonly AlertSender _sender = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _sender.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task While_another_program_holds_the_write_lock_senders_are_told_so_within_seconds()
    {
        await using var opsbot = await OpsBotProcess.ServeAsync(_folder, Config(), Cancel);
        var to = await opsbot.Webhooks;
        (await _sender.HealthAsync(to, Cancel)).ShouldBe((HttpStatusCode.OK, "ok\n"));
        await using (var other = new SqliteConnection($"Data Source={Path.Combine(_folder.Data, "opsbot.db")};Pooling=False"))
        {
            await other.OpenAsync(Cancel);
            await using var held = other.BeginTransaction(deferred: false);
            var begun = TimeProvider.System.GetTimestamp();

            var posting = _sender.PostAsync(to, "alert", Cancel);
            await UnhealthyAsync(to, "The store does not commit: a write has been waiting for 2 s or longer.\n");
            var post = await posting;

            TimeProvider.System.GetElapsedTime(begun).ShouldBeInRange(TimeSpan.FromSeconds(4.5), TimeSpan.FromSeconds(15));
            post.Status.ShouldBe(HttpStatusCode.ServiceUnavailable, post.Answer);
            post.RetryAfter.ShouldNotBeNull();
            await held.RollbackAsync(Cancel);
        }

        await HealthyAsync(to);
        (await _sender.PostAsync(to, "alert", Cancel)).Answer.ShouldContain("\"duplicates\":1", customMessage: "the write that was given up came through after all");
        await UntilAsync("everything handled", () => _folder.Store.Pending() == 0);
        _folder.Store.Count("select count(*) from messages where delivery_key is not null").ShouldBe(1);
    }

    [Fact]
    public async Task With_the_disk_full_nothing_is_accepted_and_with_room_again_nothing_accepted_is_lost()
    {
        using var disk = SmallDisk.Mount(_folder.Data, megabytes: 16);
        await using var opsbot = await OpsBotProcess.ServeAsync(_folder, Config(), Cancel);
        var to = await opsbot.Webhooks;
        var accepted = new List<string>();
        for (var i = 0; i < 5; i++)
            accepted.Add(await TakenAsync(to, $"before-{i}"));

        disk.Fill();
        // what the file still has room for may be taken yet
        var refused = "";
        for (var i = 0; refused.Length == 0; i++)
        {
            var post = await _sender.PostAsync(to, $"full-{i}", Cancel);
            if (post.Status == HttpStatusCode.Accepted)
            {
                accepted.Add($"full-{i}");
                i.ShouldBeLessThan(10_000);
                continue;
            }

            refused = $"full-{i}";
            post.Status.ShouldBe(HttpStatusCode.ServiceUnavailable, post.Answer);
            post.RetryAfter.ShouldNotBeNull();
        }

        await OpsBotProgram.UntilAsync(
            async () => await _sender.HealthAsync(to, Cancel) is { Status: HttpStatusCode.ServiceUnavailable, Answer: var why } ? why : null,
            "the health check to say that nothing can be stored", Cancel);
        (await _sender.HealthAsync(to, Cancel)).Answer.ShouldMatch("^The store [^\n]+\\.\n$");

        disk.Free();
        await HealthyAsync(to);
        accepted.Add(await TakenAsync(to, refused));
        accepted.Add(await TakenAsync(to, "after"));
        await UntilAsync("everything handled", () => _folder.Store.Pending() == 0);

        _folder.Store.Query("select delivery_key from messages where delivery_key is not null", row => row.GetString(0).Split('#')[^1])
            .ShouldBe(accepted, ignoreOrder: true);
        _folder.Store.Count("select count(*) from incidents").ShouldBe(accepted.Count);
        _folder.Store.Count("select count(*) from messages where dead_at is not null").ShouldBe(0);
        (await opsbot.TerminateAsync(Cancel)).ShouldBe(0, opsbot.Errors);
    }

    private async Task<string> TakenAsync(Uri to, string id)
    {
        var post = await _sender.PostAsync(to, id, Cancel);
        post.Status.ShouldBe(HttpStatusCode.Accepted, post.Answer);
        return id;
    }

    // an answer is good for a second, so the first may be of before
    private Task UnhealthyAsync(Uri of, string answer) => OpsBotProgram.UntilAsync(
        async () => await _sender.HealthAsync(of, Cancel) is { Status: HttpStatusCode.ServiceUnavailable } health && health.Answer == answer ? "unhealthy" : null,
        $"the health check to say {answer}", Cancel);

    private Task HealthyAsync(Uri of) => OpsBotProgram.UntilAsync(
        async () => await _sender.HealthAsync(of, Cancel) is { Status: HttpStatusCode.OK, Answer: "ok\n" } ? "healthy" : null,
        "the health check to say ok", Cancel);

    // what was in hand while nothing could be written is taken up again when its lease has run out
    private string Config() => _folder.Write(
        "opsbot.yaml", $"{AlertSender.Senders}\nmessages: {{ lease: 5s, attempts: 50 }}\nincidents: {{ diagnoseAfter: 100ms, maxDiagnoses: 1 }}\n");

    private static Task UntilAsync(string what, Func<bool> holds) =>
        OpsBotProgram.UntilAsync(() => Task.FromResult(holds() ? "so" : null), what, Cancel);

    /// <summary>A file system of a few megabytes, mounted where the data go.</summary>
    private sealed class SmallDisk : IDisposable
    {
        private readonly string _path;

        private SmallDisk(string path) => _path = path;

        private string Ballast => Path.Combine(_path, "ballast");

        /// <summary>Skips the test where nothing may be mounted, or fails it where CI runs as root and should be able to.</summary>
        public static SmallDisk Mount(string path, int megabytes)
        {
            Directory.CreateDirectory(path);
            var said = "only root of a Linux may mount";
            if (OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess
                && (said = Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m"), "tmpfs", path)).Length == 0)
            {
                return new SmallDisk(path);
            }

            var reason = $"no small disk could be mounted, so a full one was not tried: {said}";
            if (Environment.GetEnvironmentVariable("CI") is "true" && Environment.IsPrivilegedProcess)
                Assert.Fail(reason);
            Assert.Skip(reason);
            throw new UnreachableException();
        }

        /// <summary>Takes the last byte there is.</summary>
        public void Fill()
        {
            using var file = File.OpenHandle(Ballast, FileMode.Create, FileAccess.Write);
            var length = 0L;
            foreach (var size in new[] { 64 * 1024, 4096, 1 })
            {
                try
                {
                    while (true)
                    {
                        RandomAccess.Write(file, new byte[size], length);
                        length += size;
                    }
                }
                catch (IOException)
                {
                    // full for this size
                }
            }
        }

        public void Free() => File.Delete(Ballast);

        public void Dispose() => Run("umount", _path);

        /// <summary>What it said on standard error; empty when all went well.</summary>
        private static string Run(string program, params string[] arguments)
        {
            var info = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false };
            using var process = Process.Start(info)!;
            var said = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? "" : $"{program}: {said.Trim()}";
        }
    }
}
