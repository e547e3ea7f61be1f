using Signalbox.Audit;
using Signalbox.Audit.GitHub;
using Signalbox.Audit.Readers;
using static Signalbox.Tests.Audit.PolicyTests;

namespace Signalbox.Tests.Audit;

/// <summary>What repositories of actions say of themselves: a bare repository on disk stands for the one on the network.</summary>
public sealed class ActionRemoteTests : IDisposable
{
    private readonly TempDirectory _folder = new();
    private readonly string _release, _unreleased, _foreign;

    public ActionRemoteTests()
    {
        var work = _folder.In("work");
        _folder.Write("work/action.yml", "name: a\n");
        Git(work, "init", "--quiet", "--initial-branch=main", ".");
        _release = Commit(work);
        Git(work, "tag", "v1");
        Git(work, "tag", "-a", "-m", "x", "v1.0.0");
        _unreleased = Commit(work);
        Commit(work);
        Git(work, "branch", "v2");
        Git(work, "tag", "v2");
        // a fork's commit: the object store has it, no branch or tag reaches it
        Git(work, "checkout", "--quiet", "--detach");
        _foreign = Commit(work);
        Git(work, "checkout", "--quiet", "main");
        Git(_folder.Path, "clone", "--quiet", "--bare", work, "acme/build.git");
        Git(_folder.In("acme/build.git"), "fetch", "--quiet", work, _foreign);
        Git(_folder.In("acme/build.git"), "config", "uploadpack.allowFilter", "true");
        Git(_folder.In("acme/build.git"), "config", "uploadpack.allowAnySHA1InWant", "true");
    }

    [Fact]
    public void Ask_TellsRefsAndWhichCommitsTheyReach()
    {
        var answer = Remote().Ask("acme/build", [_release, _unreleased, _foreign])!;
        Assert.Equal("v1.0.0", answer.TagOf(_release));
        Assert.Equal((true, true, (bool?)false), (answer.Reaches(_release), answer.Reaches(_unreleased), answer.Reaches(_foreign)));
        Assert.Null(answer.TagOf(_unreleased));
        Assert.True(answer.HasTag("v2") && answer.HasBranch("v2") && !answer.HasBranch("v1"));
    }

    [Fact]
    public void Ask_ARepositoryThatIsNotThere_IsNoAnswer() => Assert.Null(Remote().Ask("acme/none", []));

    [Fact]
    public void Audit_Online_FindsTheThree_AndTheLockFindsThemAgain()
    {
        var workflow = File(".github/workflows/ci.yml",
            $"on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: acme/build@{_release}\n      - uses: acme/build@{_unreleased}\n      - uses: acme/build@{_foreign}\n      - uses: acme/build@v2\n      - uses: acme/gone@v1\n");
        string[] expected = ["7 stale-action-ref", "8 impostor-commit", "9 ref-confusion"];
        var online = new Auditor(Rules(), remote: Remote()).Run([workflow]);
        Assert.Equal(expected, Lines(online));
        Assert.Empty(new Auditor(Rules()).Run([workflow]).Findings);
        var known = ActionLockReader.Write(online.Repository.All<AskedLock>().Select(a => a.Document.Lock));
        Assert.Equal(expected, Lines(new Auditor(Rules()).Run([workflow, File(ActionLockReader.Path, known)])));
    }

    [Fact]
    public void Audit_Online_WhatIsAskedCountsBeforeTheLock()
    {
        var stale = $"acme/build\n  refs/tags/v9 {_release}\n  unreachable {_unreleased}\n";
        var workflow = File(".github/workflows/ci.yml", $"on: push\njobs: {{ a: {{ runs-on: ubuntu-24.04, steps: [{{ uses: acme/build@{_unreleased} }}] }} }}\n");
        Assert.Equal(["1 stale-action-ref"], new Auditor(Rules(), remote: Remote()).Run([workflow, File(ActionLockReader.Path, stale)]).Findings.Select(f => $"1 {f.Rule.Id}"));
    }

    [Fact]
    public void Audit_Online_AsksNobodyAboutNamesThatGitHubCannotHave()
    {
        var asked = new List<string>();
        var workflow = File(".github/workflows/ci.yml",
            "on: push\njobs: { a: { runs-on: ubuntu-24.04, steps: [{ uses: \"acme/../../x@v1\" }, { uses: \"-u/x@v1\" }, { uses: \"a b/c@v1\" }, { uses: ./here }, { uses: acme/ok/sub@v1 }, { uses: \"docker://x:1\" }] } }\n");
        new Auditor(Rules(), remote: new Recorder(asked)).Run([workflow]);
        Assert.Equal(["acme/ok"], asked.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void LockFile_OfAnyText_NeverFails()
    {
        foreach (var text in (string[])["", "\n\n", "  refs/tags/v1 abc\n", "acme/build", "acme/build\n  one\n  a b c\n\tx y\n", "\0\n \0 \0"])
            Assert.NotNull(ActionLockReader.Parse(text).ToList());
    }

    public void Dispose() => _folder.Dispose();

    private GitActionRemote Remote() => new(repository => $"file://{_folder.In(repository + ".git")}", TimeSpan.FromMinutes(1));

    private static RuleSet Rules() => new([.. ((string[])["impostor-commit", "ref-confusion", "stale-action-ref"]).Select(r => RuleTable.Find(r)!)]);

    private static IEnumerable<string> Lines(AuditResult result) => result.Findings.Select(f => $"{f.Locations[0].Line} {f.Rule.Id}");

    private static string Commit(string folder)
    {
        Git(folder, "add", "--all");
        Git(folder, "commit", "--quiet", "--allow-empty", "-m", Guid.NewGuid().ToString());
        return Git(folder, "rev-parse", "HEAD");
    }

    private static string Git(string folder, params string[] arguments) => ChangedFilesTests.Git(folder, arguments);

    private sealed class Recorder(List<string> asked) : IActionRemote
    {
        public ActionLock? Ask(string repository, IReadOnlyCollection<string> commits, CancellationToken cancel)
        {
            lock (asked) asked.Add(repository);
            return null;
        }
    }
}
