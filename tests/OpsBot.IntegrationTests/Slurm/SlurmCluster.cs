using System.Diagnostics;
using System.Net;
using OpsBot.IntegrationTests.Support;
using Xunit;

namespace OpsBot.IntegrationTests.Slurm;

/// <summary>Debian's Slurm on this machine: its controller, one node and munge, on ports of 127.0.0.1 and in a folder of their own. Wants root.</summary>
internal sealed class SlurmCluster : IAsyncDisposable
{
    private readonly List<ServerProcess> _servers = [];

    private SlurmCluster(string folder) => Folder = folder;

    public string Folder { get; }

    /// <summary>What every program of Slurm has to be told.</summary>
    public string Variable => $"SLURM_CONF={Folder}/slurm.conf";

    /// <summary>Starts it; skips the test where Slurm is not installed, or we are not root.</summary>
    public static async Task<SlurmCluster> StartAsync(string folder, CancellationToken cancellationToken)
    {
        ServerProcess.Require("/usr/sbin/munged", "/usr/sbin/slurmctld", "/usr/sbin/slurmd", "/usr/bin/sbatch");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "munge and Slurm's node want root");
        var cluster = new SlurmCluster(folder);
        try
        {
            await cluster.StartAsync(cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Submits a script and gives the job's number.</summary>
    public async Task<string> SubmitAsync(string script, CancellationToken cancellationToken, params string[] arguments) =>
        (await RunAsync(cancellationToken, ["sbatch", "--parsable", .. arguments, script])).Trim();

    /// <summary>Runs a program of Slurm that has to do well.</summary>
    public async Task<string> RunAsync(CancellationToken cancellationToken, params string[] command)
    {
        var done = await TryAsync(cancellationToken, command);
        Assert.True(done.ExitCode == 0, done.ToString());
        return done.Output;
    }

    private async Task<Finished> TryAsync(CancellationToken cancellationToken, params string[] command)
    {
        var info = new ProcessStartInfo("/usr/bin/env") { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in (string[])[Variable, .. command])
        {
            info.ArgumentList.Add(argument);
        }

        return await OpsBotProgram.RunAsync(info, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_servers.Count == 3)
        {
            // jobs outlive the servers
            await TryAsync(CancellationToken.None, "scancel", "--user=root");
            await OpsBotProgram.UntilAsync(
                async () => (await TryAsync(CancellationToken.None, "squeue", "--noheader")).Output.Length == 0 ? "none" : null, "jobs to be over", CancellationToken.None);
        }

        foreach (var server in Enumerable.Reverse(_servers))
        {
            await server.DisposeAsync();
        }
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        var (host, key) = (Dns.GetHostName().Split('.')[0], Path.Combine(Folder, "munge.key"));
        await File.WriteAllBytesAsync(key, System.Security.Cryptography.RandomNumberGenerator.GetBytes(128), cancellationToken);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        Directory.CreateDirectory(Path.Combine(Folder, "spool"));
        Directory.CreateDirectory(Path.Combine(Folder, "state"));
        await File.WriteAllTextAsync(Path.Combine(Folder, "slurm.conf"), $"""
            ClusterName=ci
            SlurmctldHost={host}(127.0.0.1)
            SlurmctldPort={ServerProcess.FreePort()}
            SlurmdPort={ServerProcess.FreePort()}
            CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
            SlurmUser=root
            AuthType=auth/munge
            AuthInfo=socket={Folder}/munge.sock
            CryptoType=crypto/munge
            ProctrackType=proctrack/linuxproc
            TaskPlugin=task/none
            MpiDefault=none
            SlurmdParameters=config_overrides
            ReturnToService=2
            SlurmctldPidFile={Folder}/slurmctld.pid
            SlurmdPidFile={Folder}/slurmd.pid
            SlurmdSpoolDir={Folder}/spool
            StateSaveLocation={Folder}/state
            SwitchType=switch/none
            SelectType=select/cons_tres
            SelectTypeParameters=CR_CPU
            SchedulerParameters=batch_sched_delay=0,sched_interval=1
            AccountingStorageType=accounting_storage/none
            JobCompType=jobcomp/none
            KillWait=2
            MinJobAge=600
            NodeName={host} NodeAddr=127.0.0.1 CPUs=8 State=UNKNOWN
            PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP

            """, cancellationToken);
        _servers.Add(ServerProcess.Start(
            "/usr/sbin/munged", "--foreground", "--force", $"--key-file={key}", $"--socket={Folder}/munge.sock", $"--pid-file={Folder}/munged.pid",
            $"--log-file={Folder}/munged.log", $"--seed-file={Folder}/munge.seed"));
        await OpsBotProgram.UntilAsync(() => Task.FromResult(File.Exists($"{Folder}/munge.sock") ? "there" : null), "munge's socket", cancellationToken);
        _servers.Add(ServerProcess.Start("/usr/bin/env", Variable, "/usr/sbin/slurmctld", "-D"));
        _servers.Add(ServerProcess.Start("/usr/bin/env", Variable, "/usr/sbin/slurmd", "-D"));
        await OpsBotProgram.UntilAsync(
            async () => (await TryAsync(cancellationToken, "sinfo", "--noheader", "--format=%t")).Output.Trim() == "idle" ? "idle" : null,
            "Slurm's node to be idle", cancellationToken);
    }
}
