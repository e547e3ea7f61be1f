using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Signalbox.Audit.Helm;
using Signalbox.Delivery;

namespace Signalbox.Audit.Programs;

/// <summary>
/// <c>helm</c>, and <c>kustomize</c> or else <c>kubectl</c>. They ask no cluster, and get no credentials: of the environment only PATH,
/// and an empty home.
/// </summary>
/// <param name="helm">A name on the PATH, or a path.</param>
/// <param name="kustomize">The same, with the words of a build.</param>
/// <param name="patience">How long one rendering may take.</param>
internal sealed class RenderPrograms(string helm, IReadOnlyList<string[]> kustomize, TimeSpan patience) : IRenderPrograms
{
    private const int MostCharacters = 16 * 1024 * 1024;

    public static RenderPrograms OnPath { get; } = new("helm", [["kustomize", "build"], ["kubectl", "kustomize"]], TimeSpan.FromSeconds(30));

    public Rendered Helm(string folder)
    {
        var home = Directory.CreateTempSubdirectory("signalbox-render-");
        try
        {
            string[] command = [helm, "template", ChartContext.Release, Path.GetFullPath(folder), "--kube-version", ChartContext.KubernetesVersion, .. ChartContext.Apis.SelectMany(api => new[] { "--api-versions", api })];
            return Run(command, home.FullName) ?? new(null, $"there is no {helm} on the PATH");
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }

    public Rendered Kustomize(string folder, string home)
    {
        File.WriteAllText(Path.Combine(home, "kustomization.yaml"), $"resources: [{Quoted(Path.GetRelativePath(home, Path.GetFullPath(folder)))}]\nbuildMetadata: [originAnnotations]\n");
        foreach (var command in kustomize)
            if (Run([.. command, home], home) is { } rendered) return rendered;
        return new(null, $"there is no {string.Join(" and no ", kustomize.Select(k => k[0]))} on the PATH");
    }

    private static string Quoted(string text) => Audit.Helm.Templates.YamlWriter.Quote(text);

    /// <returns>Null where there is no such program.</returns>
    private Rendered? Run(string[] command, string home) => RunAsync(command, home).GetAwaiter().GetResult();

    private async Task<Rendered?> RunAsync(string[] command, string home)
    {
        if (InstalledProgram.Find(command[0]) is not { } path) return null;
        using var deadline = new CancellationTokenSource(patience);
        try
        {
            using var program = Process.Start(Start(path, command[1..], home));
            return program is null ? null : await AnswerAsync(program, command[0], deadline.Token).ConfigureAwait(false);
        }
        catch (Win32Exception)
        {
            return null;
        }
        catch (OperationCanceledException)
        {
            return new(null, $"{command[0]} takes more than {patience.TotalSeconds:0} s");
        }
    }

    private static ProcessStartInfo Start(string program, string[] arguments, string home)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = home,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var path = start.Environment["PATH"];
        start.Environment.Clear();
        (start.Environment["PATH"], start.Environment["HOME"]) = (path, home);
        return start;
    }

    private static async Task<Rendered> AnswerAsync(Process program, string name, CancellationToken cancellation)
    {
        program.StandardInput.Close();
        try
        {
            var errors = TextAsync(program.StandardError, cancellation);
            var output = await TextAsync(program.StandardOutput, cancellation).ConfigureAwait(false);
            if (output.Length >= MostCharacters) return new(null, $"{name} writes more than {MostCharacters:N0} characters");
            var error = await errors.ConfigureAwait(false);
            await program.WaitForExitAsync(cancellation).ConfigureAwait(false);
            return program.ExitCode == 0 ? new(output) : new(null, $"{Path.GetFileName(name)}: {error.Split('\n').FirstOrDefault(l => l.Trim().Length > 0)?.Trim() ?? "it failed"}");
        }
        finally
        {
            if (!program.HasExited) program.Kill(entireProcessTree: true);
        }
    }

    private static async Task<string> TextAsync(StreamReader reader, CancellationToken cancellation)
    {
        var text = new StringBuilder();
        var buffer = new char[16 * 1024];
        while (text.Length < MostCharacters && await reader.ReadAsync(buffer, cancellation).ConfigureAwait(false) is > 0 and var read) text.Append(buffer, 0, read);
        return text.ToString();
    }
}
