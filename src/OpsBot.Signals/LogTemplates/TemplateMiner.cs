using System.Runtime.InteropServices;

namespace OpsBot.Signals.LogTemplates;

/// <summary>
/// Finds the templates of log lines, one line at a time, in the manner of Drain (He et al., ICWS 2017): lines with the same text
/// between their words and the same first words are compared word by word, and what differs becomes <c>&lt;*&gt;</c>. Words that vary
/// by their look are masked before. One configuration for every system. Not safe for several threads.
/// </summary>
/// <param name="maxTemplates">Most templates; further ones are all <see cref="Overflow"/>.</param>
public sealed class TemplateMiner(int maxTemplates = TemplateMiner.DefaultMaxTemplates)
{
    public const int DefaultMaxTemplates = 10_000;

    /// <summary>Id of the template of whatever came after the limit, and of lines without a word.</summary>
    public const int Overflow = 0;

    private const int CacheSlots = 8192;
    private const int MaxPrefixes = 100;
    private const int MaxClustersPerLeaf = 200;

    private readonly LineWords _words = new();
    private readonly List<TemplateCluster> _clusters = [TemplateCluster.Overflow];
    private readonly Dictionary<ulong, Dictionary<ulong, List<TemplateCluster>>> _frames = [];
    private readonly (ulong Hash, int Id)[] _cache = new (ulong, int)[CacheSlots];

    /// <summary>Number of ids given out; some may since have become part of another.</summary>
    public int Count => _clusters.Count;

    /// <summary>Id of the template of a line. Only the first line of a record and the exception it names are looked at.</summary>
    public int Add(ReadOnlySpan<char> message)
    {
        var hash = HashLine(message);
        ref var slot = ref _cache[hash % CacheSlots];
        if (slot.Hash == hash) return slot.Id = Resolve(slot.Id);
        var id = message.Contains('\n') ? AddRecord(message) : AddLine(message);
        slot = (hash, id);
        return id;
    }

    /// <summary>The id that stands for this one now: two templates may have turned out to be one.</summary>
    public int Resolve(int id)
    {
        while (_clusters[id].MergedInto is { } other) id = other.Id;
        return id;
    }

    /// <summary>The constant words, <c>&lt;*&gt;</c> for what varies.</summary>
    public string Text(int id) => _clusters[Resolve(id)].Text();

    private int AddRecord(ReadOnlySpan<char> record)
    {
        var head = StackTrace.Head(record);
        return AddLine(head);
    }

    private int AddLine(ReadOnlySpan<char> line)
    {
        _words.Read(line);
        if (_words.Count == 0) return PunctuationOnly(line);
        var leaf = Leaf();
        TemplateCluster? best = null;
        var fewest = int.MaxValue;
        foreach (var cluster in CollectionsMarshal.AsSpan(leaf))
        {
            var differing = cluster.CountDiffering(_words);
            if (differing == 0) return cluster.Id;
            if (differing >= fewest) continue;
            fewest = differing;
            best = cluster;
        }

        if (best is not null && fewest * 2 <= _words.Count && (best.DiffersOnlyInDoubt(_words) || ManyDifferAlike(leaf, best)))
        {
            best.Generalise(_words);
            MergeCovered(leaf, best);
            return best.Id;
        }

        return NewCluster(leaf, line);
    }

    private int PunctuationOnly(ReadOnlySpan<char> line)
    {
        if (line.IsWhiteSpace()) return Overflow;
        var leaf = Leaf();
        return leaf.Count > 0 ? leaf[0].Id : NewCluster(leaf, line);
    }

    private int NewCluster(List<TemplateCluster> leaf, ReadOnlySpan<char> line)
    {
        if (_clusters.Count >= maxTemplates || leaf.Count >= MaxClustersPerLeaf) return Overflow;
        var made = new TemplateCluster(_clusters.Count, _words, line);
        _clusters.Add(made);
        leaf.Add(made);
        return made.Id;
    }

    private List<TemplateCluster> Leaf()
    {
        ref var prefixes = ref CollectionsMarshal.GetValueRefOrAddDefault(_frames, _words.Frame, out _);
        prefixes ??= [];
        var key = Prefix(0) * 31 + Prefix(1);
        if (prefixes.Count >= MaxPrefixes && !prefixes.ContainsKey(key)) key = 0;
        ref var leaf = ref CollectionsMarshal.GetValueRefOrAddDefault(prefixes, key, out _);
        return leaf ??= [];
    }

    private ulong Prefix(int word) => word >= _words.Count || _words.IsDoubtful(word) ? 0 : _words.Hash(word);

    /// <summary>
    /// Plain words that differ are kept apart while they are few (<c>opened</c>, <c>closed</c>; <c>redis</c>, <c>kafka</c>): what fails is
    /// often said by one word. Once several templates differ at the very same place it is a value.
    /// </summary>
    private bool ManyDifferAlike(List<TemplateCluster> leaf, TemplateCluster best)
    {
        const int Many = 4;
        var places = best.DifferingPlaces(_words);
        var alike = 0;
        foreach (var cluster in leaf)
        {
            if (cluster.DifferingPlaces(_words) == places && ++alike >= Many) return true;
        }

        return false;
    }

    private static void MergeCovered(List<TemplateCluster> leaf, TemplateCluster by)
    {
        for (var i = leaf.Count - 1; i >= 0; i--)
        {
            if (leaf[i] == by || !by.Covers(leaf[i])) continue;
            leaf[i].MergedInto = by;
            leaf.RemoveAt(i);
        }
    }

    private static ulong HashLine(ReadOnlySpan<char> line)
    {
        var hash = 0x9E3779B97F4A7C15UL ^ (ulong)line.Length;
        var blocks = MemoryMarshal.Cast<char, ulong>(line);
        foreach (var block in blocks)
        {
            hash = (hash ^ block) * 0xBF58476D1CE4E5B9;
            hash ^= hash >> 29;
        }

        foreach (var c in line[(blocks.Length * 4)..]) hash = (hash ^ c) * 0x94D049BB133111EB;
        hash ^= hash >> 32;
        return hash == 0 ? 1 : hash;
    }
}
