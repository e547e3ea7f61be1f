using System.Diagnostics;
using Signalbox.Host.Posix;

namespace Signalbox.Host.Tests.Posix;

/// <summary>Trees as a hostile workload leaves them.</summary>
public sealed class TreeRemovalTests : IDisposable
{
    private const int Workload = 61_199;
    private readonly string _root = Directory.CreateTempSubdirectory("signalbox-test-").FullName;
    private readonly string _tree, _outside;

    public TreeRemovalTests()
    {
        File.SetUnixFileMode(_root, (UnixFileMode)Convert.ToInt32("755", 8));
        _tree = Directory.CreateDirectory(Path.Combine(_root, "work")).FullName;
        _outside = Directory.CreateDirectory(Path.Combine(_root, "outside")).FullName;
        File.WriteAllText(Path.Combine(_outside, "precious"), "");
    }

    [Fact]
    public void Delete_TakesTooLong_GivesUpSayingSo()
    {
        File.WriteAllText(Path.Combine(_tree, "x"), "");
        var late = Assert.Throws<IOException>(() => TreeRemoval.Delete(_tree, null, TimeSpan.Zero));
        Assert.Contains("is not empty after 0 s", late.Message, StringComparison.Ordinal);
        Assert.True(Directory.Exists(_tree));
    }

    private static bool IsRoot => Libc.EffectiveUserId() == 0;

    public void Dispose() => TreeRemoval.Delete(_root, null);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Delete_LinksOutside_GoAndTheirTargetsStay(bool asWorkload)
    {
        var owner = OwnerOf(asWorkload);
        Make(owner, $"ln -s {_outside} dir; ln -s {_outside}/precious file; mkdir -p a/b; ln -s {_outside} a/b/dir; ln -s / root; mkfifo pipe a/pipe; ln -s loop loop");
        TreeRemoval.Delete(_tree, owner);
        Assert.False(Directory.Exists(_tree));
        Assert.True(File.Exists(Path.Combine(_outside, "precious")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Delete_ClosedDirectories_Go(bool asWorkload)
    {
        var owner = OwnerOf(asWorkload);
        Make(owner, "mkdir -p a/b/c d; touch a/b/c/f d/f; chmod 000 a/b/c/f; chmod 555 a/b/c; chmod 000 a/b; chmod 555 a; chmod 000 d; chmod 000 .");
        TreeRemoval.Delete(_tree, owner);
        Assert.False(Directory.Exists(_tree));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Delete_DeepWideAndOddlyNamed_Goes(bool asWorkload)
    {
        var owner = OwnerOf(asWorkload);
        var deep = "use strict; my $n = 'd' x 200; for (1..2000) { mkdir $n or die $!; chdir $n or die $!; open(my $f, '>', 'f') or die $!; }";
        Make(owner, $"perl -e \"{deep.Replace("$", "\\$", StringComparison.Ordinal)}\"; i=0; while [ $i -lt 10000 ]; do : > w$i; i=$((i+1)); done; touch \"$(printf '\\377\\376')\" ' ' '\n' ./-rf");
        TreeRemoval.Delete(_tree, owner);
        Assert.False(Directory.Exists(_tree));
    }

    [Fact]
    public void Delete_SwappedMeanwhile_NothingOutsideGoes()
    {
        if (!IsRoot) Assert.Skip("needs root");
        Make(Workload, "i=0; while [ $i -lt 200 ]; do mkdir -p d$i/sub; touch d$i/precious d$i/sub/precious; i=$((i+1)); done");
        using var swapping = Start(Workload, $"while :; do for i in $(seq 0 199); do mv d$i x$i; ln -s {_outside} d$i; rm -f d$i; mv x$i d$i; done; done 2>/dev/null");
        for (var round = 0; round < 20 && Directory.Exists(_tree); round++) TryDelete();
        swapping.Kill(entireProcessTree: true);
        swapping.WaitForExit();
        TreeRemoval.Delete(_tree, Workload);
        Assert.True(File.Exists(Path.Combine(_outside, "precious")));
    }

    [Fact]
    public void Delete_SomebodyElsesFilesMovedIn_Stay()
    {
        if (!IsRoot) Assert.Skip("needs root");
        // the operator's files in a directory that was given to the workload: it could move that one here, but not delete them
        var given = Directory.CreateDirectory(Path.Combine(_tree, "given", "of-root")).FullName;
        File.WriteAllText(Path.Combine(given, "precious"), "");
        Make(Workload, "true");
        _ = Libc.ChangeOwner(Path.GetDirectoryName(given)!, Workload, Workload);

        Assert.Throws<IOException>(() => TreeRemoval.Delete(_tree, Workload));

        Assert.Contains("precious", Directory.GetFiles(_tree, "*", SearchOption.AllDirectories).Select(f => Path.GetFileName(f)));
    }

    [Fact]
    public void Delete_PathIsALink_IsNotFollowed()
    {
        Directory.Delete(_tree);
        File.CreateSymbolicLink(_tree, _outside);
        Assert.Throws<IOException>(() => TreeRemoval.Delete(_tree, null));
        Assert.True(File.Exists(Path.Combine(_outside, "precious")));
    }

    [Fact]
    public void Delete_NotThere_IsFine() => TreeRemoval.Delete(Path.Combine(_root, "missing"), null);

    private static int? OwnerOf(bool asWorkload)
    {
        if (asWorkload && !IsRoot) Assert.Skip("needs root");
        return asWorkload ? Workload : null;
    }

    private void TryDelete()
    {
        try
        {
            TreeRemoval.Delete(_tree, Workload);
        }
        catch (IOException)
        {
            // it is being filled again
        }
    }

    private void Make(int? owner, string script)
    {
        using var making = Start(owner, script);
        making.WaitForExit();
        Assert.Equal(0, making.ExitCode);
    }

    private Process Start(int? owner, string script)
    {
        if (owner is { } user) _ = Libc.ChangeOwner(_tree, (uint)user, (uint)user);
        IEnumerable<string> drop = owner is null ? [] : ["setpriv", "--reuid", $"{owner}", "--regid", $"{owner}", "--clear-groups", "--"];
        return Process.Start(new ProcessStartInfo("/usr/bin/env", [.. drop, "sh", "-c", script]) { WorkingDirectory = _tree, RedirectStandardError = true })!;
    }
}
