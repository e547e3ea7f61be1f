using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Signalbox.Cli.Tests;

/// <param name="Code">The exit code.</param>
internal sealed record Ended(int Code, string Out, string Error)
{
    public string All => Out + Error;

    public Ended Expect(int code)
    {
        Assert.True(Code == code, $"exit code {Code}, expected {code}\n{All}");
        return this;
    }
}

/// <summary>The real program: the native file where SIGNALBOX_BINARY names it, else what the build made.</summary>
internal static class SignalboxProgram
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public static string Path { get; } = Environment.GetEnvironmentVariable("SIGNALBOX_BINARY") is { Length: > 0 } native
        ? native
        : System.IO.Path.Combine(AppContext.BaseDirectory, "signalbox");

    /// <summary>As <see cref="Root"/>, which a caller in a deeper folder cannot ask.</summary>
    public static string Repository { get; } = Root();

    public static string Root([CallerFilePath] string file = "") =>
        System.IO.Path.GetFullPath(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(file)!, "..", ".."));

    public static Task<Ended> RunAsync(params string[] arguments) => RunAsync(null, null, arguments);

    public static async Task<Ended> RunAsync(string? directory, IReadOnlyDictionary<string, string>? environment, string[] arguments)
    {
        using var process = Start(Path, directory, environment, arguments);
        return await EndOf(process);
    }

    public static Process Start(string program, string? directory, IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = directory ?? System.IO.Path.GetTempPath(),
        };
        start.Environment.Remove("SIGNALBOX_STATE");
        // workloads of these tests are the program itself, which a user of their own could perhaps not read
        start.Environment["SIGNALBOX_WORKLOADS_SAME_USER"] = "1";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    public static async Task<Ended> EndOf(Process process)
    {
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(Patience);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return new(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{process.StartInfo.FileName} {string.Join(' ', process.StartInfo.ArgumentList)} did not end in {Patience}");
        }
    }
}
