using Signalbox.Audit;
using Signalbox.Audit.Readers;

namespace Signalbox.Tests.Audit;

/// <summary>What Git itself writes into its index, in each version.</summary>
public sealed class GitIndexTests : IDisposable
{
    private const string Secret = "API_TOKEN=ghp_k3Jd82mXqP0aLzT9vB4nC7wR1sY6uEiOhG5f\n";

    private readonly TempDirectory _folder = new();

    [Theory]
    [InlineData("2")]
    [InlineData("3")]
    [InlineData("4")]
    public void EveryPath_IsRead(string version)
    {
        string[] names = ["a", "a-much-longer-name/of/a/file.txt", "a-much-longer-name/of/b", "folder/ü.yaml", "folder/with a blank", new('l', 250)];
        foreach (var name in names) _folder.Write(name, name);
        _folder.Write("zz-later", "");
        Git("init", "-q");
        Git(["add", "-A", "--", .. names]);
        // an entry that is only announced has a second word of flags, which is what version 3 is for
        if (version == "3") Git("add", "-N", "zz-later");
        else Git("update-index", "--index-version", version);
        var bytes = File.ReadAllBytes(_folder.In(".git/index"));
        Assert.Equal(version[0] - '0', bytes[7]);
        Assert.Equal(names.Concat(version == "3" ? ["zz-later"] : []).Order(StringComparer.Ordinal), GitIndex.Of(_folder.Path)!.Order(StringComparer.Ordinal));
        for (var length = 0; length < bytes.Length - 20; length++) GitIndex.Read(bytes.AsSpan(0, length));
        Assert.Null(GitIndex.Read(bytes.AsSpan(0, 100)));
    }

    [Fact]
    public void NoIndex_IsNull()
    {
        Assert.Null(GitIndex.Of(_folder.Path));
        _folder.Write(".git/index", "DIRC and no more");
        Assert.Null(GitIndex.Of(_folder.Path));
        Assert.Null(GitIndex.Read([.. "DIRC"u8, 0, 0, 0, 5, 0, 0, 0, 0]));
    }

    [Fact]
    public void IgnoredFile_ThatWasAddedByForce_IsFound()
    {
        _folder.Write(".gitignore", ".env\n");
        _folder.Write(".env", Secret);
        _folder.Write("web/.env", Secret);
        Git("init", "-q");
        Git("add", "-A");
        Assert.Empty(Findings());
        Git("add", "-f", ".env");
        Assert.Equal(".env", Assert.Single(Findings()).Locations[0].Path);
        _folder.Write(".git/index", "not an index");
        Assert.Empty(Findings());
    }

    private IReadOnlyList<AuditFinding> Findings() => new Auditor(new([RuleTable.Find("secret-in-env-literal")!])).Run(_folder.Path).Findings;

    private void Git(params string[] arguments) => ChangedFilesTests.Git(_folder.Path, arguments);

    public void Dispose() => _folder.Dispose();
}
