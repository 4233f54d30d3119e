using System.Globalization;
using System.IO.Compression;
using System.Text;
using OpsBot.Contracts;
using OpsBot.Evidence;
using OpsBot.Evidence.Files;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Evidence.Files;

/// <summary>Real files that something is done to once the first 256 KiB of them have been read.</summary>
public sealed class ChangingLogFileTests : IDisposable
{
    private const int Lines = 20_000;
    private readonly string _root = Directory.CreateTempSubdirectory("opsbot-changing").FullName;

    private string App => Path.Combine(_root, "app.log");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task What_is_appended_while_a_file_is_read_is_left_out()
    {
        Write(App, Text(0, Lines));
        var seen = await CollectAsync(() => File.AppendAllText(App, Text(Lines, 5_000)));
        Numbers(seen).ShouldBe(Lines);
        seen.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_line_that_was_being_written_is_left_out_and_not_taken_by_half()
    {
        Write(App, Text(0, Lines) + Line(Lines)[..30]);
        var seen = await CollectAsync(() => File.AppendAllText(App, Line(Lines)[30..] + Text(Lines + 1, 10)));
        Numbers(seen).ShouldBe(Lines);
        seen.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_last_line_without_end_is_read()
    {
        Write(App, Text(0, 10).TrimEnd('\n'));
        Numbers(await CollectAsync(() => { })).ShouldBe(10);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(700_001)]
    public async Task A_file_that_is_truncated_while_it_is_read_gives_whole_lines_and_says_so(int left)
    {
        Write(App, Text(0, Lines));
        var seen = await CollectAsync(() =>
        {
            using var file = OpenShared(App);
            file.SetLength(left);
        });
        var read = Math.Max(left, Probe.Before) / Line(0).Length;
        Numbers(seen).ShouldBe(read);
        var problem = seen.Problems.ShouldHaveSingleItem();
        problem.Partial.ShouldBeTrue();
        problem.Reason.ShouldBe($"'app.log' ended after {Math.Max(left, Probe.Before)} of {Lines * Line(0).Length} bytes; it was truncated or replaced meanwhile");
    }

    [Fact]
    public async Task A_file_that_is_rotated_away_while_it_is_read_is_read_to_its_end()
    {
        Write(App, Text(0, Lines));
        var seen = await CollectAsync(() =>
        {
            File.Move(App, App + ".1");
            Write(App, Text(Lines, 100));
        });
        Numbers(seen).ShouldBe(Lines);
        seen.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_that_is_deleted_while_it_is_read_is_read_to_its_end()
    {
        Write(App, Text(0, Lines));
        var seen = await CollectAsync(() => File.Delete(App));
        Numbers(seen).ShouldBe(Lines);
        seen.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_that_vanishes_or_is_replaced_before_its_turn_is_named_and_the_rest_is_read()
    {
        Write(App, Text(0, Lines));
        Write(Path.Combine(_root, "b.log"), Text(0, 1_000));
        Write(Path.Combine(_root, "c.log"), Text(0, 1_000));
        Write(Path.Combine(_root, "d.log"), Text(0, 1_000));
        var seen = await CollectAsync(() =>
        {
            File.Delete(Path.Combine(_root, "b.log"));
            File.Move(Path.Combine(_root, "c.log"), Path.Combine(_root, "c.log.1"));
            Write(Path.Combine(_root, "c.log"), Text(0, 10));
        });
        Numbers(seen, "app").ShouldBe(Lines);
        Numbers(seen, "c").ShouldBe(10);
        Numbers(seen, "d").ShouldBe(1_000);
        seen.Problems.Select(p => p.Reason).ShouldBe(
        [
            "'b.log' vanished before it was read; it was probably rotated",
            $"'c.log' ended after {10 * Line(0).Length} of {1_000 * Line(0).Length} bytes; it was truncated or replaced meanwhile",
        ]);
    }

    [Fact]
    public async Task An_archive_that_is_cut_off_gives_every_whole_line_before_the_cut()
    {
        var whole = Gzip(Text(0, Lines), CompressionLevel.NoCompression);
        var cut = whole[..(whole.Length / 2)];
        File.WriteAllBytes(App + ".gz", cut);
        Stamp(App + ".gz");
        var seen = await CollectAsync(() => { });
        Numbers(seen).ShouldBe(WholeLines(cut));
        seen.Problems.ShouldHaveSingleItem().Reason.ShouldStartWith("'app.log.gz' could be read only in part: ");
    }

    [Fact]
    public async Task The_members_of_an_archive_before_the_one_that_is_cut_off_are_read_whole()
    {
        var second = Gzip(Text(1_000, 1_000), CompressionLevel.Optimal);
        byte[] cut = [.. Gzip(Text(0, 1_000), CompressionLevel.Optimal), .. second[..(second.Length / 2)]];
        File.WriteAllBytes(App + ".gz", cut);
        Stamp(App + ".gz");
        var seen = await CollectAsync(() => { });
        Numbers(seen).ShouldBe(WholeLines(cut));
        Numbers(seen).ShouldBeInRange(1_000, 1_999);
        seen.Problems.ShouldHaveSingleItem().Reason.ShouldStartWith("'app.log.gz' could be read only in part: ");
    }

    [Fact]
    public async Task Zeros_at_the_head_of_a_file_that_was_truncated_under_its_writer_hide_no_line()
    {
        Write(App, Text(0, 10));
        var text = File.ReadAllBytes(App);
        using (var file = OpenShared(App))
        {
            file.SetLength(0);
            file.Seek(1_000_000, SeekOrigin.Begin);
            file.Write(text);
        }

        Stamp(App);
        var seen = await CollectAsync(() => { });
        Numbers(seen).ShouldBe(10);
        seen.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Zeros_and_bytes_that_are_no_text_within_a_line_cost_only_themselves()
    {
        File.WriteAllBytes(App, [.. Encoding.UTF8.GetBytes(Line(0)[..^1]), 0, 0xff, 0xc3, 0, (byte)'\n', 0, 0, (byte)'\n', .. Encoding.UTF8.GetBytes(Line(1))]);
        Stamp(App);
        var seen = await CollectAsync(() => { });
        seen.Logs[0].Templates.Sum(t => t.Total).ShouldBe(2);
        seen.Logs[0].Templates.SelectMany(t => t.Samples).ShouldContain(s => s.EndsWith("\uFFFD\uFFFD", StringComparison.Ordinal));
        seen.Problems.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Utf16_with_a_byte_order_mark_is_read_whole_also_when_it_grows(bool bigEndian)
    {
        var encoding = new UnicodeEncoding(bigEndian, byteOrderMark: true);
        File.WriteAllBytes(App, [.. encoding.GetPreamble(), .. encoding.GetBytes(Text(0, Lines))]);
        Stamp(App);
        var seen = await CollectAsync(() => File.AppendAllText(App, Text(Lines, 10), new UnicodeEncoding(bigEndian, byteOrderMark: false)));
        Numbers(seen).ShouldBeInRange(Lines, Lines + 10);
        seen.Problems.ShouldBeEmpty();
    }

    private async Task<Observations> CollectAsync(Action meanwhile) => await new LogFolderSource(
        new LogFolderOptions { Path = _root, Glob = "*.log" }, Some.Redactor(), TimeProvider.System)
    {
        Open = (file, offset) => file.RelativePath.StartsWith("app", StringComparison.Ordinal)
            ? new Probe(LogFileOpener.Open(file, offset), meanwhile)
            : LogFileOpener.Open(file, offset),
    }.CollectAsync(Some.Request(), TestContext.Current.CancellationToken);

    /// <summary>Records of a service; all of them are whole.</summary>
    private static int Numbers(Observations seen, string service = "app")
    {
        var templates = seen.Logs.SelectMany(l => l.Templates).Where(t => t.Service == service).ToList();
        templates.ShouldAllBe(t => t.Template == "request <*> served well");
        return (int)templates.Sum(t => t.Total);
    }

    /// <summary>Whole lines of what can be unpacked of an archive that is cut off.</summary>
    private static int WholeLines(byte[] gzip)
    {
        using var stream = new GZipStream(new MemoryStream(gzip), CompressionMode.Decompress);
        var buffer = new byte[1000];
        var lines = 0;
        try
        {
            for (int read; (read = stream.Read(buffer)) > 0;) lines += buffer.AsSpan(0, read).Count((byte)'\n');
        }
        catch (InvalidDataException)
        {
            return lines;
        }

        throw new ShouldAssertException("The archive is not cut off.");
    }

    private static string Text(int from, int count) => string.Concat(Enumerable.Range(from, count).Select(Line));

    private static string Line(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{OpsBotJson.Format(Some.LogStart.AddMinutes(1))} request {100_000 + number} served well\n");

    private static void Write(string path, string text)
    {
        File.WriteAllText(path, text);
        Stamp(path);
    }

    // a child that another test is just starting may still hold a lock of ours that lets nobody else have the file alone
    private static FileStream OpenShared(string path) => new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);

    private static void Stamp(string path) => File.SetLastWriteTimeUtc(path, Some.LogStart.AddMinutes(60).UtcDateTime);

    private static byte[] Gzip(string text, CompressionLevel level)
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, level)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return memory.ToArray();
    }

    /// <summary>Lets something happen between two reads of a file.</summary>
    private sealed class Probe(Stream inner, Action meanwhile) : Stream
    {
        public const int Before = 256 * 1024;
        private long _read;
        private bool _done;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            if (_read >= Before && !_done)
            {
                _done = true;
                meanwhile();
            }

            var most = _done ? buffer.Length : (int)Math.Min(buffer.Length, Before - _read);
            var read = inner.Read(buffer[..most]);
            _read += read;
            return read;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
