using System.Text;
using Signalbox.Delivery;
using Signalbox.Delivery.Artifacts;
using Signalbox.Pipelines.Local;
using Signalbox.Pipelines.Local.Caching;

namespace Signalbox.Tests.Pipelines.Local;

public sealed class CachingTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly TempDirectory _cache = new();

    public void Dispose()
    {
        _directory.Dispose();
        _cache.Dispose();
    }

    [Theory]
    [InlineData("src/", "src/a/b.txt", true)]
    [InlineData("src", "src", true)]
    [InlineData("src/", "srcs/a", false)]
    [InlineData("*.js", "a.js", true)]
    [InlineData("*.js", "src/a.js", false)]
    [InlineData("**/*.js", "src/deep/a.js", true)]
    [InlineData("**/*.js", "a.js", true)]
    [InlineData("src/**/*.js", "src/a.js", true)]
    [InlineData("src/?.js", "src/ab.js", false)]
    [InlineData("./dist/app", "dist/app", true)]
    public void Glob_MatchesBelowItsDirectory(string pattern, string path, bool matches) => Assert.Equal(matches, PathGlob.Parse(pattern).Matches(path));

    [Theory]
    [InlineData("*.log", "node_modules", false)]
    [InlineData("**/*.log", "node_modules/a", true)]
    [InlineData("dist-*/a", "dist-1", true)]
    [InlineData("dist-*/a", "dist-1/b", false)]
    [InlineData("dist-*", "dist-1/deep/deeper", true)]
    [InlineData("a/*/c", "a/b", true)]
    public void Glob_SaysWhereAWalkNeedNotGo(string pattern, string directory, bool may)
    {
        var glob = PathGlob.Parse(pattern);
        Assert.Equal(may, glob.MayMatchBelow(directory));
        if (!may) Assert.False(glob.Matches(directory + "/x"));
    }

    [Theory]
    [InlineData("/etc")]
    [InlineData("../a")]
    [InlineData("a/../../b")]
    [InlineData("a//b")]
    [InlineData("a\\b")]
    [InlineData("")]
    public void Glob_ThatLeadsOut_IsNone(string pattern) => Assert.False(PathGlob.TryParse(pattern, out _));

    [Fact]
    public void Digests_AreReadOnceForTheSameFile_AndAgainForAnother()
    {
        var file = Write("a.txt", "one", minutesOld: 5);
        var first = Digests();
        var digest = first.Of("a.txt")!.Value.Digest;
        first.Save();
        // the content changes behind everybody's back: who trusts the index gives the old digest
        File.WriteAllText(file, "two");
        File.SetLastWriteTimeUtc(file, s_written);
        Assert.Equal(digest, Digests().Of("a.txt")!.Value.Digest);
        File.SetLastWriteTimeUtc(file, s_written.AddSeconds(1));
        Assert.Equal(Digest.Of("two"u8), Digests().Of("a.txt")!.Value.Digest);
    }

    [Fact]
    public void Index_DoesNotTrustWhatChangedJustNow_NorADamagedOne()
    {
        Write("new.txt", "one", minutesOld: 0);
        var first = Digests();
        first.Of("new.txt");
        first.Save();
        Assert.DoesNotContain("new.txt", File.ReadAllText(_cache.In("index")));
        foreach (var damaged in new[] { "", "else\n", "signalbox-index 2\nnonsense\n\0\n", "signalbox-index 2\n" + new string('a', 64) + " 0 1 2 3\n" })
        {
            _cache.Write("index", damaged);
            Assert.Equal(Digest.Of("one"u8), Digests().Of("new.txt")!.Value.Digest);
        }
    }

    /// <summary>A second change may have the time of the first: as long as that can be, what is known is not believed, however late it is written down.</summary>
    [Fact]
    public void AFileThatChangesTwiceWithinATick_IsReadAgain()
    {
        var clock = new Clock { Now = new(s_written.AddMilliseconds(1), TimeSpan.Zero) };
        FileDigests Own() => new(_directory.Path, _cache.In("index"), new TestFileStats(), clock);
        var file = Write("a.txt", "one", minutesOld: 5);
        var first = Own();
        Assert.Equal(Digest.Of("one"u8), first.Of("a.txt")!.Value.Digest);
        File.WriteAllText(file, "two");
        File.SetLastWriteTimeUtc(file, s_written);
        Assert.Equal(Digest.Of("two"u8), first.Of("a.txt")!.Value.Digest);
        File.WriteAllText(file, "six");
        File.SetLastWriteTimeUtc(file, s_written);
        clock.Now += TimeSpan.FromHours(1);
        first.Save();
        Assert.Equal(Digest.Of("six"u8), Own().Of("a.txt")!.Value.Digest);
    }

    /// <summary>Whoever reads a link reads what it leads to, wherever that lies.</summary>
    [Fact]
    public void ALinkThatLeadsOut_CountsWithWhatItLeadsTo()
    {
        File.CreateSymbolicLink(_directory.In("config"), _cache.Write("shared.conf", "one"));
        SourceFiles Sources() => new(Digests(), ["config"], []);
        var before = Sources();
        var one = before.Of(null);
        Assert.Equal(one.Digest, Sources().Of(null).Digest);
        _cache.Write("shared.conf", "two");
        Assert.False(before.AreUnchanged(one));
        Assert.NotEqual(one.Digest, Sources().Of(null).Digest);
        Assert.Null(one.Unseen);
        // one within is listed by itself, or a job makes it; one that leads nowhere is its name alone
        Write("dist/app", "made", minutesOld: 5);
        Directory.CreateSymbolicLink(_directory.In("folder"), "dist");
        File.CreateSymbolicLink(_directory.In("file"), "dist/app");
        File.CreateSymbolicLink(_directory.In("nowhere"), "none");
        SourceFiles Within() => new(Digests(), ["folder", "file", "nowhere"], []);
        var within = Within().Of(null);
        Write("dist/app", "made anew", minutesOld: 0);
        Assert.Equal((within.Digest, null), (Within().Of(null).Digest, within.Unseen));
    }

    /// <summary>Of a directory elsewhere nothing is known: who reads through it runs each time.</summary>
    [Fact]
    public void AJobThatReadsADirectoryElsewhere_IsNotKnown()
    {
        Directory.CreateSymbolicLink(_directory.In("shared"), _cache.Path);
        Write("dist/app", "made", minutesOld: 5);
        var results = Results(new(_cache.Path, new TestFileStats()), "shared");
        var job = new PlannedJob(0, "build", new PipelineJob { Name = "build", Run = "true", Outputs = ["dist/"] }, new Dictionary<string, string>(), []);
        Assert.Equal("shared leads to what is not looked at, so it runs each time", results.Keep(job, results.Find(job, []), TimeSpan.Zero).Note);
        Assert.Null(Results(new(_cache.Path, new TestFileStats()), "shared").Find(job, []).Made);
    }

    [Fact]
    public void WhatComesBack_HasItsModes_AndItsEmptyFolders()
    {
        var store = new ResultStore(_cache.Path, new TestFileStats());
        var job = new PlannedJob(0, "build", new PipelineJob { Name = "build", Run = "true", Inputs = [], Outputs = ["dist/"] }, new Dictionary<string, string>(), []);
        foreach (var (name, mode) in s_modes) File.SetUnixFileMode(Write($"dist/{name}", name, minutesOld: 5), mode);
        Directory.CreateDirectory(_directory.In("dist/empty/deep"));
        var results = Results(store);
        Assert.Null(results.Keep(job, results.Find(job, []), TimeSpan.Zero).Problem);
        Directory.Delete(_directory.In("dist"), recursive: true);
        var found = Results(store).Find(job, []);
        Assert.NotNull(found.Made);
        Assert.Equal(["dist/all", "dist/empty/deep", "dist/key", "dist/tool"], found.Brought);
        foreach (var (name, mode) in s_modes) Assert.Equal(mode, File.GetUnixFileMode(_directory.In($"dist/{name}")));
        Assert.True(Directory.Exists(_directory.In("dist/empty/deep")));
        // the same content with another mode is not what was made
        File.SetUnixFileMode(_directory.In("dist/key"), AtomicFile.ForAll);
        Assert.NotNull(Results(store).Find(job, []).Made);
        Assert.Equal(AtomicFile.ForOwner, File.GetUnixFileMode(_directory.In("dist/key")));
    }

    private static readonly (string Name, UnixFileMode Mode)[] s_modes = [("key", AtomicFile.ForOwner), ("all", (UnixFileMode)0x1b6), ("tool", (UnixFileMode)0x1c0)];

    [Fact]
    public void Sources_AreWhatNoJobMakes_AndPatternsChooseAmongThem()
    {
        foreach (var path in new[] { "src/a.js", "src/a.test.js", "src/deep/b.js", "dist/out.js", "README.md" }) Write(path, path, minutesOld: 5);
        var sources = new SourceFiles(Digests(), ["src/a.js", "src/a.test.js", "src/deep/b.js", "dist/out.js", "README.md", ".signalbox/x"], [PathGlob.Parse("dist/")]);
        Assert.Equal(["README.md", "src/a.js", "src/a.test.js", "src/deep/b.js"], sources.Of(null).Files.Select(file => file.Path));
        Assert.Equal(["src/a.js", "src/deep/b.js"], sources.Of(["src/", "!**/*.test.js"]).Files.Select(file => file.Path));
        Assert.Empty(sources.Of([]).Files);
        Assert.True(sources.AreUnchanged(sources.Of(["README.md"])));
        Write("README.md", "longer than before", minutesOld: 1);
        Assert.False(sources.AreUnchanged(sources.Of(["README.md"])));
    }

    /// <summary>Jobs write files that others read: the key is of what is there when a job begins, also where the listing did not have it.</summary>
    [Fact]
    public void Sources_AreLookedAtAgain_OnceAJobMayHaveWrittenThem()
    {
        Write("src/a.txt", "one", minutesOld: 5);
        IReadOnlyList<string> List() => [.. Directory.EnumerateFiles(_directory.In("src")).Select(file => $"src/{Path.GetFileName(file)}")];
        var sources = new SourceFiles(Digests(), List(), [], () => new(List(), []));
        foreach (var patterns in new IReadOnlyList<string>?[] { null, ["src/"] })
        {
            var before = sources.Of(patterns);
            sources.MayChange();
            Write("src/a.txt", Guid.NewGuid().ToString(), minutesOld: 0);
            var written = sources.Of(patterns);
            Assert.NotEqual(before.Digest, written.Digest);
            Write($"src/{Guid.NewGuid()}.txt", "new", minutesOld: 0);
            Assert.NotEqual(written.Digest, sources.Of(patterns).Digest);
        }
    }

    /// <summary>What another job wrote while it ran is not what its result is of.</summary>
    [Fact]
    public void AJobBesideWhichSourcesChange_IsNotKept()
    {
        Write("src/a.txt", "one", minutesOld: 5);
        Write("dist/app", "made", minutesOld: 5);
        var results = Results(new(_cache.Path, new TestFileStats()), "src/a.txt");
        var job = new PlannedJob(0, "build", new PipelineJob { Name = "build", Run = "true", Outputs = ["dist/"] }, new Dictionary<string, string>(), []);
        var asked = results.Find(job, []);
        Write("src/a.txt", "other", minutesOld: 0);
        Assert.NotEqual(asked.Key, results.Find(job, []).Key);
        Assert.Equal("its inputs changed while it ran, so what it made is not kept", results.Keep(job, asked, TimeSpan.Zero).Note);
    }

    /// <summary>By what stands for such a name the file is not found, so nothing is known of its changes.</summary>
    [Fact]
    public void AJobThatReadsAFileWithoutAName_IsNotKnown()
    {
        Write("dist/app", "made", minutesOld: 5);
        var results = Results(new(_cache.Path, new TestFileStats()), "src/a\uFFFDb");
        var job = new PlannedJob(0, "build", new PipelineJob { Name = "build", Run = "true", Outputs = ["dist/"] }, new Dictionary<string, string>(), []);
        Assert.Equal("src/a\uFFFDb has a name that is not UTF-8, by which it is not found, so it runs each time", results.Keep(job, results.Find(job, []), TimeSpan.Zero).Note);
        Assert.Null(results.Find(job, []).Made);
    }

    [Fact]
    public void Store_BringsBackWhatItTook_AndNothingThatIsDamaged()
    {
        var store = new ResultStore(_cache.Path, new TestFileStats());
        var content = Encoding.UTF8.GetBytes("made");
        var file = Write("out/app", "made", minutesOld: 5);
        Assert.False(store.Take(file, Digest.Of("else"u8)));
        Assert.True(store.Take(file, Digest.Of(content)));
        store.Add(Digest.Of("key"u8), new("build", Digest.Of("m"u8), TimeSpan.FromSeconds(3), null, [new("out/app", Digest.Of(content), 4, (UnixFileMode)0x1ed, null)]));
        Assert.Equal("build", store.Find(Digest.Of("key"u8), DateTimeOffset.UtcNow)!.Job);
        Assert.True(store.Bring(Digest.Of(content), _directory.In("again/app"), (UnixFileMode)0x1ed));
        Assert.Equal("made", File.ReadAllText(_directory.In("again/app")));
        foreach (var stored in Directory.EnumerateFiles(_cache.Path, "*", SearchOption.AllDirectories)) File.AppendAllText(stored, "!");
        Assert.Null(store.Find(Digest.Of("key"u8), DateTimeOffset.UtcNow));
        Assert.False(store.Bring(Digest.Of(content), _directory.In("third/app"), AtomicFile.ForAll));
        Assert.False(File.Exists(_directory.In("third/app")));
    }

    [Fact]
    public void Store_OverItsBound_ForgetsWhatWasUsedLongestAgo()
    {
        var store = new ResultStore(_cache.Path, new TestFileStats());
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        for (var i = 0; i < 4; i++)
        {
            var text = new string((char)('a' + i), 1000);
            var digest = Digest.Of(Encoding.UTF8.GetBytes(text));
            store.Take(Write($"f{i}", text, minutesOld: 5), digest);
            store.Add(Key(i), new("j", digest, TimeSpan.Zero, null, [new($"f{i}", digest, 1000, AtomicFile.ForAll, null)]));
            store.Find(Key(i), start.AddHours(i));
        }
        foreach (var stored in Directory.EnumerateFiles(_cache.In("objects"), "*", SearchOption.AllDirectories)) File.SetLastWriteTimeUtc(stored, start.UtcDateTime);
        store.Evict(4000, start.AddDays(1));
        Assert.Equal(4, Known());
        store.Evict(3000, start.AddDays(1));
        Assert.Equal(2, Known());
        Assert.NotNull(store.Find(Key(3), start.AddDays(2)));
        Assert.Equal(2, Directory.EnumerateFiles(_cache.In("objects"), "*", SearchOption.AllDirectories).Count());

        static Digest Key(int i) => Digest.Of(Encoding.UTF8.GetBytes($"key {i}"));

        int Known() => Directory.EnumerateFiles(_cache.In("entries"), "*", SearchOption.AllDirectories).Count();
    }

    [Fact]
    public void Outputs_KeepLinksWithin_AndRefuseOthers()
    {
        Write("dist/app.js", "x", minutesOld: 5);
        File.CreateSymbolicLink(_directory.In("dist/latest.js"), "app.js");
        var found = OutputFiles.Find(["dist/"], Digests());
        Assert.Equal([("dist/app.js", null), ("dist/latest.js", "app.js")], found.Select(file => (file.Path, file.Link)));
        File.CreateSymbolicLink(_directory.In("dist/passwd"), "/etc/passwd");
        Assert.Throws<ArtifactRefusedException>(() => OutputFiles.Find(["dist/"], Digests()));
        Directory.CreateSymbolicLink(_directory.In("away"), "/tmp");
        Assert.Throws<ArtifactRefusedException>(() => OutputFiles.Find(["away/x/"], Digests()));
        Assert.Equal(["nothing/"], OutputFiles.Missing(["nothing/", "dist/", "*.none"], Digests()));
    }

    [Theory]
    [InlineData("dist/app.js", null, true)]
    [InlineData("dist/latest.js", "app.js", true)]
    [InlineData("src/app.js", null, false)]
    [InlineData("../dist/app.js", null, false)]
    [InlineData("dist/../../app.js", null, false)]
    [InlineData("/etc/passwd", null, false)]
    [InlineData(".git/hooks/post-checkout", null, false)]
    [InlineData("dist/passwd", "/etc/passwd", false)]
    [InlineData("dist/passwd", "../../etc/passwd", false)]
    public void KeptFiles_AreWrittenOnlyWhereTheirJobMayMakeThem(string path, string? link, bool allowed)
    {
        Assert.Equal(allowed, OutputFiles.Allows(["dist/"], new(path, Digest.Of("x"u8), 1, AtomicFile.ForAll, link)));
        if (path != "src/app.js") Assert.Equal(allowed, OutputFiles.Allows(["**"], new(path, Digest.Of("x"u8), 1, AtomicFile.ForAll, link)));
    }

    /// <summary>Whoever may write into a shared store may say anything in an entry that is whole.</summary>
    [Fact]
    public void AnEntryThatNamesAFileOutside_IsNotBroughtBack()
    {
        var store = new ResultStore(_cache.Path, new TestFileStats());
        var results = Results(store);
        var job = new PlannedJob(0, "build", new PipelineJob { Name = "build", Run = "true", Inputs = [], Outputs = ["dist/"] }, new Dictionary<string, string>(), []);
        var asked = results.Find(job, []);
        Assert.Null(asked.Made);
        Write("dist/app", "made", minutesOld: 5);
        Assert.Null(results.Keep(job, asked, TimeSpan.FromSeconds(1)).Problem);
        Assert.NotNull(Results(store).Find(job, []).Made);
        var kept = store.Find(asked.Key, DateTimeOffset.UtcNow)!;
        store.Add(asked.Key, kept with { Files = [kept.Files[0] with { Path = "../evil" }] });
        Assert.Null(Results(store).Find(job, []).Made);
        Assert.False(File.Exists(_directory.In("../evil")));
    }

    [Fact]
    public void Mentions_FindsATextWhereverItLies()
    {
        foreach (var before in new[] { 0, 1, 131_060, 131_072, 131_080, 300_000 })
        {
            var file = Write("big", new string('x', before) + "/home/me/shop" + new string('y', 10), minutesOld: 0);
            Assert.True(ResultStore.Mentions(file, "/home/me/shop"), $"{before} before it");
            Assert.False(ResultStore.Mentions(file, "/home/me/shops"));
        }
    }

    [Fact]
    public void Log_KeepsItsBeginningAndItsEnd()
    {
        using (var log = new JobLog(_directory.In("log"), new([]), most: 100))
        {
            log.Write(Encoding.UTF8.GetBytes(new string('a', 100)));
            log.Write(Encoding.UTF8.GetBytes(new string('b', 100_000)));
            log.Write("the end"u8);
        }
        var text = File.ReadAllText(_directory.In("log"));
        Assert.StartsWith(new string('a', 100) + "\nsignalbox: 34471 bytes are left out here\nbbb", text);
        Assert.EndsWith("bbbthe end", text);
        Assert.InRange(text.Length, JobLog.Tail, JobLog.Tail + 300);
    }

    private static readonly DateTime s_written = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private string Write(string name, string text, int minutesOld)
    {
        var path = _directory.Write(name, text);
        if (minutesOld > 0) File.SetLastWriteTimeUtc(path, s_written);
        return path;
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }

    private JobResults Results(ResultStore store, params string[] sources)
    {
        var digests = Digests();
        return new(new(digests, sources, [PathGlob.Parse("dist/")]), digests, store, shared: true, new Dictionary<string, JobRecord>(), _ => [], job => _cache.In(job.Id + ".log"), (_, _) => false, TimeProvider.System);
    }

    private FileDigests Digests() => new(_directory.Path, _cache.In("index"), new TestFileStats(), TimeProvider.System);
}
