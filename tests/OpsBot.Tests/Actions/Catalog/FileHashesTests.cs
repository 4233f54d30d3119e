using System.Security.Cryptography;
using OpsBot.Actions.Catalog;
using OpsBot.Runtime.Files;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Actions.Catalog;

public sealed class FileHashesTests : IDisposable
{
    private readonly SomeFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Programs_interpreters_named_files_and_declared_files_are_hashed_by_real_path()
    {
        var program = _folder.WriteProgram("real", "#!/usr/bin/env sh\necho\n");
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "link"), program);
        var (script, library) = (_folder.Write("job.py", "print()"), _folder.Write("lib.py", "x = 1"));
        var hashes = Hashes(o => (o.Run, o.Undo, o.Files, o.WorkingDirectory) = (["./link", "job.py", "{cache}", "nothing"], ["./link"], ["lib.py"], "."));
        hashes.Keys.ShouldBe([program, script, library, PathWalk.Of("/usr/bin/sh").Real], ignoreOrder: true);
        hashes[script].ShouldBe(Convert.ToHexStringLower(SHA256.HashData("print()"u8)));
    }

    [Fact]
    public void Another_content_has_another_hash_and_a_link_that_leads_elsewhere_another_path()
    {
        var (one, other) = (_folder.WriteProgram("one"), _folder.WriteProgram("other"));
        var link = Path.Combine(_folder.Path, "link");
        File.CreateSymbolicLink(link, one);
        IReadOnlyDictionary<string, string> Now() => Hashes(o => (o.Run, o.Undo) = (["./link"], ["./link"]));
        var before = Now();
        File.AppendAllText(one, "rm\n");
        Now()[one].ShouldNotBe(before[one]);
        File.Delete(link);
        File.CreateSymbolicLink(link, other);
        Now().Keys.ShouldContain(other);
    }

    [Fact]
    public void A_file_that_a_value_names_is_hashed_like_any_other()
    {
        var (script, undo) = (_folder.Write("a.sh", "echo"), _folder.Write("undo-a.sh", "echo back"));
        var hashes = Hashes(o => (o.Run, o.Undo) = (["sh", $"{_folder.Path}/{{cache}}.sh"], ["sh", $"{_folder.Path}/undo-{{cache}}.sh"]));
        hashes.Keys.ShouldContain(script);
        hashes.Keys.ShouldContain(undo);
    }

    [Fact]
    public void An_interpreter_that_is_a_script_is_followed_to_its_own()
    {
        var inner = _folder.WriteProgram("inner", "#!/bin/sh\n");
        var outer = _folder.WriteProgram("outer", $"#!{inner}\n");
        Hashes(o => (o.Run, o.Undo) = (["./outer"], ["./outer"])).Keys.ShouldBe([outer, inner, PathWalk.Of("/bin/sh").Real], ignoreOrder: true);
    }

    [Theory]
    [InlineData("#!/usr/bin/env -S sh -x")]
    [InlineData("#!/usr/bin/env A=b sh")]
    [InlineData("#!/usr/bin/env -i sh")]
    public void An_interpreter_that_env_makes_up_is_refused(string line)
    {
        var program = _folder.WriteProgram("made-up", $"{line}\necho\n");
        Should.Throw<ActionRefusedException>(() => Hashes(o => (o.Run, o.Undo) = (["./made-up"], ["./made-up"])))
            .Message.ShouldContain($"'{program}' goes through env with more than one plain name");
    }

    [Fact]
    public void A_file_that_is_missing_is_refused()
    {
        var declared = _folder.Write("lib.py", "");
        File.Delete(declared);
        Should.Throw<ActionRefusedException>(() => Hashes(o => o.Files = ["lib.py"])).Message.ShouldContain(declared);
    }

    [Fact]
    public void A_pipe_does_not_hold_it_up() =>
        Hashes(o => o.Run = ["echo", "/dev/null", "/dev/stdin"]).Keys.ShouldContain("/dev/null");

    private IReadOnlyDictionary<string, string> Hashes(Action<ActionOptions> change)
    {
        var action = Some.Action(o =>
        {
            o.Folder = _folder.Path;
            change(o);
        });
        var planner = Some.Planner();
        return planner.HashFiles(action, planner.Plan(action, Some.Arguments(("cache", "a")), null).All);
    }
}
