using System.Diagnostics;
using OpsBot.Actions.Gates;
using OpsBot.Tests.Architecture;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Actions.Gates;

/// <summary>Only what a person pinned is run, byte for byte.</summary>
public sealed class GateLockTests : IDisposable
{
    private const string Passing = "#!/bin/sh\necho as pinned\n";

    private readonly GatesFolder _gates = new();

    public void Dispose() => _gates.Dispose();

    private string Ran => _gates.Beside("ran");

    private string Evil => $"#!/bin/sh\ntouch {Ran}\necho replaced\n";

    private async Task DeniesAsync(string gate, string reason)
    {
        var verdict = await _gates.AskAsync(gate);
        verdict.Passed.ShouldBeFalse();
        verdict.Reason.ShouldContain(reason);
        _gates.Keeper().Problem(gate).ShouldBe(verdict.Reason);
        File.Exists(Ran).ShouldBeFalse();
    }

    [Fact]
    public async Task A_file_replaced_between_hash_and_run_never_runs()
    {
        _gates.With("race.sh", Passing).Pinned();
        var verdict = await _gates.AskAsync("race.sh", verified: path => File.WriteAllText(path, Evil));
        (verdict.Passed, verdict.Reason).ShouldBe((true, "as pinned"));
        File.Exists(Ran).ShouldBeFalse();
        await DeniesAsync("race.sh", "is not what was pinned");
    }

    [Fact]
    public async Task A_changed_gate_denies()
    {
        _gates.With("gate.sh", Passing).Pinned().With("gate.sh", Evil);
        await DeniesAsync("gate.sh", "is not what was pinned; see 'opsbot gates check'");
    }

    [Fact]
    public async Task A_gate_that_is_not_in_the_lock_denies()
    {
        _gates.With("gate.sh", Passing).Pinned().With("new.sh", Evil);
        await DeniesAsync("new.sh", "is not pinned");
    }

    [Fact]
    public async Task A_missing_gate_denies()
    {
        _gates.With("gate.sh", Passing).Pinned();
        File.Delete(_gates.Files.PathOf("gate.sh"));
        await DeniesAsync("gate.sh", "does not exist");
    }

    [Fact]
    public async Task A_gate_that_is_a_link_denies_even_to_the_very_bytes_that_were_pinned()
    {
        _gates.With("gate.sh", Passing).Pinned();
        File.Move(_gates.Files.PathOf("gate.sh"), _gates.Beside("elsewhere.sh"));
        File.CreateSymbolicLink(_gates.Files.PathOf("gate.sh"), _gates.Beside("elsewhere.sh"));
        await DeniesAsync("gate.sh", "is a link");
    }

    [Fact]
    public async Task A_gate_that_is_a_pipe_denies_at_once()
    {
        _gates.With("gate.sh", Passing).Pinned();
        File.Delete(_gates.Files.PathOf("gate.sh"));
        using (var made = Process.Start("/usr/bin/mkfifo", [_gates.Files.PathOf("gate.sh")]))
        {
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        await DeniesAsync("gate.sh", "is not a file");
    }

    [Theory]
    [InlineData("../elsewhere.sh")]
    [InlineData("sub/gate.sh")]
    [InlineData("/bin/true")]
    [InlineData(".hidden")]
    [InlineData("-e")]
    [InlineData("")]
    [InlineData("gate.sh\n")]
    [InlineData("gate.sh\0")]
    [InlineData("gаte.sh")] // the second letter is Cyrillic
    public async Task Only_plain_names_are_gates(string name)
    {
        File.WriteAllText(_gates.Beside("elsewhere.sh"), Evil);
        _gates.With("gate.sh", Passing).Pinned();
        await DeniesAsync(name, "is not the name of a gate");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"gate.sh\":null}")]
    [InlineData("{\"gate.sh\":{\"sha256\":\"00\"}}")]
    [InlineData("{\"gate.sh\":{\"sha256\":\"00\",\"interpreter\":null,\"interpreterSha256\":\"00\"}}")]
    [InlineData("{\"gate.sh\":{\"sha256\":\"00\",\"interpreter\":\"/bin/sh\",\"interpreterSha256\":\"00\",\"skip\":true}}")]
    public async Task An_unreadable_lock_denies(string text)
    {
        _gates.With("gate.sh", Passing).Pinned();
        File.WriteAllText(_gates.Files.Lock, text);
        await DeniesAsync("gate.sh", "cannot be read");
    }

    [Fact]
    public async Task A_missing_lock_denies()
    {
        _gates.With("gate.sh", Passing);
        await DeniesAsync("gate.sh", "does not exist; run 'opsbot gates pin'");
    }

    [Fact]
    public async Task A_lock_that_names_a_gate_twice_denies()
    {
        _gates.With("gate.sh", Passing).Pinned();
        var line = File.ReadAllLines(_gates.Files.Lock)[1];
        File.WriteAllText(_gates.Files.Lock, $"{{{line},{line}}}");
        await DeniesAsync("gate.sh", "cannot be read");
    }

    [Fact]
    public async Task An_interpreter_that_is_not_what_was_pinned_denies()
    {
        var interpreter = _gates.Beside("sh");
        File.Copy("/bin/dash", interpreter);
        _gates.With("gate.sh", $"#!{interpreter}\necho as pinned\n").Pinned();
        (await _gates.AskAsync("gate.sh")).Passed.ShouldBeTrue();
        File.AppendAllText(interpreter, " ");
        await DeniesAsync("gate.sh", $"has an interpreter, '{interpreter}', that is not what was pinned");
        File.Delete(interpreter);
        await DeniesAsync("gate.sh", "does not exist");
    }

    [Theory]
    [InlineData("#!/bin/sh\r\necho\r\n", "carriage return")]
    [InlineData("#!/no/such/interpreter\n", "does not exist")]
    [InlineData("#!/usr/bin/env no-such-interpreter\n", "neither in")]
    [InlineData("#!/usr/bin/env -S python3 -I\n", "more than one plain name")]
    [InlineData("#!sh\n", "no absolute interpreter")]
    [InlineData("#!\n", "no absolute interpreter")]
    public void What_cannot_be_run_cannot_be_pinned_and_nothing_is_written(string script, string reason)
    {
        _gates.With("bad.sh", script).With("good.sh", Passing);
        Should.Throw<IOException>(() => _gates.Pinning.Pin()).Message.ShouldContain(reason);
        File.Exists(_gates.Files.Lock).ShouldBeFalse();
    }

    [Fact]
    public async Task A_script_with_an_argument_in_its_first_line_gets_it()
    {
        _gates.With("strict.sh", "#!/bin/sh -e\nfalse\necho not reached\n").Pinned();
        (await _gates.AskAsync("strict.sh")).Passed.ShouldBeFalse();
    }

    [Fact]
    public void The_lock_has_one_gate_a_line_and_says_what_changed()
    {
        _gates.With("b.sh", Passing).With("a.py", "#!/usr/bin/env python3\n").With("README.md", "what is here\n");
        Directory.CreateDirectory(_gates.Files.PathOf("sub"));
        _gates.Pinning.Pin().Select(gate => (gate.Name, gate.State)).ShouldBe([("a.py", GateState.NotPinned), ("b.sh", GateState.NotPinned)]);
        var lines = File.ReadAllLines(_gates.Files.Lock);
        lines.Length.ShouldBe(4);
        lines[1].ShouldStartWith("  \"a.py\": {\"sha256\":\"");
        lines[2].ShouldContain("\"interpreter\":\"/usr/bin/dash\"");

        _gates.With("b.sh", Evil);
        File.Delete(_gates.Files.PathOf("a.py"));
        _gates.Pinning.Compare().Select(gate => (gate.Name, gate.State)).ShouldBe([("a.py", GateState.Missing), ("b.sh", GateState.Changed)]);
        _gates.Pinning.Pin();
        _gates.Pinning.Compare().Select(gate => (gate.Name, gate.State)).ShouldBe([("b.sh", GateState.Pinned)]);
    }

    [Fact]
    public void The_gates_that_ship_are_the_ones_of_their_lock()
    {
        var deploy = Path.Combine(Repository.Root, "deploy");
        var pins = GateLock.Read(Path.Combine(deploy, "gates.lock"));
        pins.Keys.ShouldBe(Directory.EnumerateFiles(Path.Combine(deploy, "gates")).Select(file => Path.GetFileName(file)!), ignoreOrder: true);
        foreach (var (name, pin) in pins)
        {
            // the interpreters are of whoever installs them: 'opsbot gates pin' is the first thing they do
            pin.Sha256.ShouldBe(GateLock.Hash(File.ReadAllBytes(Path.Combine(deploy, "gates", name))), name);
        }
    }

    [Fact]
    public void A_verdict_that_passes_is_made_in_one_place_only()
    {
        var sources = new[] { "src", "handlers" }.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories));
        sources.Where(file => File.ReadAllText(file).Contains("new GateVerdict(", StringComparison.Ordinal)).Select(Path.GetFileName).ShouldBe(["GateRun.cs"]);
    }
}
