using System.Collections.Concurrent;
using Signalbox.Audit;
using Signalbox.Audit.Images;
using Signalbox.Audit.Readers;
using Signalbox.Delivery;
using static Signalbox.Tests.Audit.PolicyTests;

namespace Signalbox.Tests.Audit;

/// <summary>What registries say of tags, and what is made of it.</summary>
public sealed class ImageRemoteTests
{
    private static readonly Digest s_one = Digest.Of("one"u8), s_other = Digest.Of("other"u8);

    [Fact]
    public void Audit_Online_AsksForEachTagOnce_HoweverItIsWritten()
    {
        var registry = new Recorder(_ => null);
        Audit(registry,
            File("Dockerfile", "ARG BASE=alpine\nFROM ${BASE} AS base\nFROM docker.io/library/alpine:latest\nFROM index.docker.io/alpine\nFROM scratch\nFROM base\nFROM $UNKNOWN\nFROM acme/pinned:1@" + s_one + "\n"),
            File(".github/workflows/ci.yml", "on: push\njobs: { a: { runs-on: ubuntu-24.04, container: \"localhost:5000/build:1\", services: { db: { image: \"postgres:17\" } }, steps: [{ uses: \"docker://alpine\" }, { uses: actions/checkout@v4 }] } }\n"),
            File("compose.yaml", "services:\n  built: { build: ., image: acme/built }\n  db: { image: 'postgres:${VERSION:-17}' }\n  empty: { image: 'postgres:' }\n"));
        Assert.Equal(["docker.io/library/alpine:latest", "docker.io/library/postgres:17", "localhost:5000/build:1"], registry.Asked.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Fix_TakesWhatTheRegistrySaid_AndTheLockSaysItAgain()
    {
        var file = File("Dockerfile", "FROM node:22\nFROM acme/unknown:1\n");
        var registry = new Recorder(image => image.Tag == "22" ? s_one : null);
        var online = Audit(registry, file);
        Assert.Equal([$"@{s_one}", null], online.Findings.Select(Inserted));
        var written = ImageLockReader.Write(online.Repository.All<AskedDigest>().Select(a => a.Document.Said));
        Assert.EndsWith($"\ndocker.io/library/node:22 {s_one}\n", written);
        Assert.Equal([$"@{s_one}", null], Audit(null, file, File(ImageLockReader.Path, written)).Findings.Select(Inserted));
        Assert.All(Audit(null, file, File("sub/" + ImageLockReader.Path, written)).Findings, f => Assert.Null(f.Fix));
    }

    [Fact]
    public void Fix_TakesTheRepositorysOwnPinFirst_ThenTheRegistrys_ThenTheLocks()
    {
        var registry = new Recorder(image => image.Name.EndsWith("/asked", StringComparison.Ordinal) || image.Name.EndsWith("/own", StringComparison.Ordinal) ? s_one : null);
        var lines = File(ImageLockReader.Path, $"acme/own:1 {s_one}\nacme/asked:1 {s_other}\nacme/locked:1 {s_other}\nacme/two:1 {s_other}\n");
        var found = Audit(registry, lines, File("Dockerfile", $"FROM acme/own:1\nFROM acme/asked:1\nFROM acme/locked:1\nFROM acme/two:1\nFROM acme/own:1@{s_other}\nFROM acme/two:1@{s_one}\nFROM acme/two:1@{Digest.Of("third"u8)}\n"));
        Assert.Equal([$"@{s_other}", $"@{s_one}", $"@{s_other}", $"@{s_other}"], found.Findings.Select(Inserted));
    }

    [Theory]
    [InlineData("FROM acme/app:1\n", "acme/app:1 sha256:beef\n")]
    [InlineData("FROM acme/app:1\n", "acme/app:1\n")]
    [InlineData("FROM acme/app:1\n", "acme/app %D\n")]
    [InlineData("FROM acme/app\n", "acme/app %D\n")]
    [InlineData("FROM acme/app:1\n", "acme/app:1 %D again\n")]
    [InlineData("FROM acme/app:1\n", "#acme/app:1 %D\n")]
    [InlineData("FROM acme/app:1\n", "acme/app:1@%D %D\n")]
    [InlineData("FROM acme/app:1\n", "\0\n \0 \0\n")]
    [InlineData("ARG V=1\nFROM acme/app:${V}\n", "acme/app:1 %D\n")]
    [InlineData("FROM acme/ap\\\np:1\n", "acme/app:1 %D\n")]
    public void Fix_IsNone_WhereTheLockDoesNotSay_OrTheNameIsPutTogether(string dockerfile, string locked)
    {
        var found = Audit(null, File("Dockerfile", dockerfile), File(ImageLockReader.Path, locked.Replace("%D", s_one.Value, StringComparison.Ordinal)));
        Assert.Single(found.Findings);
        Assert.Null(found.Findings[0].Fix);
    }

    /// <summary>The written tag is not what runs where a kustomization sets another.</summary>
    [Fact]
    public void Fix_IsNone_WhereAKustomizationSetsAnotherTag()
    {
        var found = Audit(new Recorder(_ => s_one),
            File("kustomization.yaml", "resources: [web.yaml]\nimages: [{ name: acme/app, newTag: \"2\" }]\n"),
            File("web.yaml", "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { containers: [{ name: app, image: \"acme/app:1\" }, { name: other, image: \"acme/other:1\" }] }\n"));
        Assert.Equal([null, $"@{s_one}"], found.Findings.Select(Inserted));
    }

    /// <summary>Another way of deployment would ask its own registry for the digest.</summary>
    [Fact]
    public void Fix_IsNone_WhereOneOverlayTakesTheImageFromElsewhere()
    {
        var found = Audit(new Recorder(_ => s_one),
            File("base/kustomization.yaml", "resources: [web.yaml]\n"),
            File("base/web.yaml", "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { containers: [{ name: app, image: \"acme/app:1\" }, { name: other, image: \"acme/other:1\" }] }\n"),
            File("a/kustomization.yaml", "resources: [../base]\n"),
            File("b/kustomization.yaml", "resources: [../base]\nimages: [{ name: acme/app, newName: mirror.example/app }]\n"));
        Assert.Equal([null, $"@{s_one}"], found.Findings.Select(Inserted));
    }

    [Fact]
    public void Fix_TakesNoDigestOfOnePlatform()
    {
        var found = Audit(null, File("Dockerfile", $"FROM --platform=linux/arm64 node:22@{s_one}\nFROM node:22\nFROM --platform=$BUILDPLATFORM node:24@{s_one}\nFROM node:24\n"));
        Assert.Equal([null, $"@{s_one}"], found.Findings.Select(Inserted));
    }

    [Fact]
    public void Fix_IsUnsafe_WhereTheTagIsMeantToMove()
    {
        var found = Audit(new Recorder(_ => s_one), File("Dockerfile", "FROM node\nFROM node:latest\nFROM node:22\n"));
        Assert.Equal([FixSafety.Unsafe, FixSafety.Unsafe, FixSafety.Safe], found.Findings.Select(f => f.Fix!.Safety));
    }

    [Fact]
    public void Audit_Online_AsksNobody_WhereNoRuleWantsIt_OrTheRepositorySaysIt()
    {
        var registry = new Recorder(_ => s_one);
        var files = new[] { File("Dockerfile", $"FROM node:22\nFROM node:22@{s_other}\n") };
        new Auditor(new([RuleTable.Find("last-user-root")!])) { Images = registry }.Run(files);
        Assert.Equal([$"@{s_other}"], Audit(registry, files).Findings.Select(Inserted));
        Assert.Empty(registry.Asked);
    }

    [Fact]
    public void Audit_Online_EndsWhereItIsCancelled()
    {
        using var cancel = new CancellationTokenSource();
        var registry = new Recorder(_ =>
        {
            cancel.Cancel();
            cancel.Token.ThrowIfCancellationRequested();
            return null;
        });
        var auditor = new Auditor(new([RuleTable.Find("base-image-not-pinned-digest")!])) { Images = registry, Cancel = cancel.Token };
        Assert.Throws<OperationCanceledException>(() => auditor.Run([File("Dockerfile", "FROM node:22\n")]));
    }

    private static AuditResult Audit(IImageRemote? images, params SourceFile[] files) =>
        new Auditor(new([.. ((string[])["base-image-not-pinned-digest", "image-not-pinned-digest"]).Select(r => RuleTable.Find(r)!)])) { Images = images }.Run(files);

    private static string? Inserted(AuditFinding finding) => finding.Fix?.Edits.Single().Edit.Replacement;

    private sealed class Recorder(Func<ImageTag, Digest?> say) : IImageRemote
    {
        public ConcurrentQueue<string> Asked { get; } = new();

        public Digest? Ask(ImageTag image, CancellationToken cancel)
        {
            Asked.Enqueue(image.ToString());
            return say(image);
        }
    }
}
