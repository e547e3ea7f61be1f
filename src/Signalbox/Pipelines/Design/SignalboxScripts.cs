using Signalbox.Delivery.Detection;
using Signalbox.Pipelines.Portable;

namespace Signalbox.Pipelines.Design;

/// <summary>
/// The steps by which a control plane takes a release out: the job packs what was built and tested, and asks. Which release is healthy, and whether it goes
/// back, is decided there, whatever becomes of the job.
/// </summary>
internal sealed class SignalboxScripts(RepositorySurvey survey, Platform platform, DesignDecisions decisions)
{
    /// <summary>Neither Git nor an artifact takes in what lies there.</summary>
    private const string Folder = ".signalbox", Program = $"{Folder}/signalbox", Evidence = $"{Folder}/evidence";

    /// <summary>What hands the release on from job to job.</summary>
    public const string ReleaseFile = "release.txt";

    public bool ByIdentity => decisions["access"] == "identity";

    /// <summary>GitLab hands tokens out by name, one a job; GitHub is asked for each.</summary>
    public IReadOnlyList<PortableIdentityToken> Tokens => platform == Platform.GitLab && ByIdentity ? [new("SIGNALBOX_ID_TOKEN", "$SIGNALBOX_URL")] : [];

    public IReadOnlyList<PortableVariable> Variables => [Named(ReferenceKind.Setting, "SIGNALBOX_URL"), Named(ReferenceKind.Setting, "SIGNALBOX_SHA256")];

    /// <summary>An image that a program linked to glibc runs in, with Git and curl.</summary>
    public string Image => survey.Languages is [var language, ..] ? decisions[$"{language.Tool}.image"] : PinnedImages.Language("node", "24").Image;

    /// <summary>Why no pipeline takes out what signalbox.yaml names; null where one does.</summary>
    public static string? Unfit(RepositorySurvey survey) => survey.Delivery switch
    {
        null => "there is no signalbox.yaml that takes an application out",
        { Unfit: { } why } => why,
        _ when survey.Artifacts.Count == 0 => null,
        _ when survey.Languages.Count != 1 => $"it cannot be told which job makes {survey.Artifacts[0].Value}",
        { Build: null } when LanguageCommands.Of(survey.Languages[0], 80).Build is null => $"nothing here makes {survey.Artifacts[0].Value}",
        _ => null,
    };

    /// <summary>The client is the control plane's own program, held against the digest that a person set: whoever answers at that address runs nothing here.</summary>
    public RunStep Fetch() => Run("Fetch signalbox", IsSet("SIGNALBOX_URL", "the address of the control plane") + IsSet("SIGNALBOX_SHA256", "the SHA-256 of its program")
        + $"mkdir -p {Folder}\nprintf '*\\n' > {Folder}/.gitignore\n"
        + $"curl -fsS --retry 5 --max-time 600 --output {Program} \"$SIGNALBOX_URL/download/signalbox\"\n"
        + $"echo \"${{SIGNALBOX_SHA256#sha256:}}  {Program}\" | sha256sum -c -\n"
        + $"chmod +x {Program}");

    /// <param name="reports">What tests wrote: files, and folders with a slash at their end.</param>
    public RunStep Deploy(string environment, IReadOnlyList<string> reports)
    {
        var script = new List<string>();
        var sbom = Has("sbom") && survey.Languages.Any(language => language.Lock is not null || language.Tool == "go");
        // what earlier jobs hand on is no change to the commit: Git does not count what it is told to leave out
        script.Add($"rm -f {ReleaseFile}\n" + LeaveOut([.. survey.Artifacts.Select(artifact => artifact.Value), .. reports, ReleaseFile]));
        if (!Has("reports")) reports = [];
        // a runner of one's own may have an earlier job's
        if (sbom || reports.Count > 0) script.Add($"rm -rf {Evidence}\nmkdir -p {Evidence}");
        // out of the tree, which is what the release is made of
        script.AddRange(reports.Select(path => $"mv {Words.Quote(path.TrimEnd('/'))} {Evidence}/"));
        // artifacts of these platforms come back without it (actions/upload-artifact, "Permission Loss")
        if (platform is Platform.GitHubActions or Platform.AzurePipelines) script.AddRange(survey.Delivery!.Programs.Where(IsBuilt).Select(path => $"chmod +x {Words.Quote(path)}"));
        if (sbom) script.Add($"{Program} sbom --accept-gaps --output {Evidence}/sbom.cdx.json");
        script.Add($"{Program} deploy --env {environment} --no-build{(sbom || reports.Count > 0 ? $" --evidence {Evidence}" : "")} --once \"${RunId}\" --release-file {ReleaseFile}");
        return Asks("Deploy", environment, string.Join('\n', script));
    }

    /// <summary>What names the run, also where one of its jobs is run again: with it there is one release of the run.</summary>
    private string RunId => platform == Platform.Jenkins ? "BUILD_TAG" : ReferenceTable.Shell(ReferenceKind.RunId, platform)!;

    /// <summary>Tells Git, without a word in the tree. What the clone leaves out already it still does: a runner of one's own keeps it.</summary>
    private static string LeaveOut(IEnumerable<string> paths) => "mkdir -p .git/info" + string.Concat(paths.Select(path => Words.Quote("/" + path))
        .Select(line => $"\ngrep -qsxF {line} .git/info/exclude || printf '\\n%s\\n' {line} >> .git/info/exclude"));

    /// <summary>Jenkins keeps a workspace from build to build, with what the last one made in it; elsewhere a runner begins anew by itself.</summary>
    public static IEnumerable<RunStep> Clean(Platform platform) => platform == Platform.Jenkins ? [Run("Begin with the commit alone", "git clean -ffdxq")] : [];

    /// <summary>The very release that succeeded before: nothing is built or packed again. Its id is the control plane's word, and no word of the command's.</summary>
    public RunStep Promote(string environment) => Asks("Promote", environment, $"release=$(cat {ReleaseFile})\n"
        + $"case $release in '' | -* | *[!a-z0-9.-]*) echo '{ReleaseFile} has no id of a release'; exit 1 ;; esac\n"
        + $"{Program} release promote \"$release\" --to {environment}");

    /// <summary>An environment's own, so that the job of one cannot act in another.</summary>
    public static string Secret(string environment) => "SIGNALBOX_TOKEN_" + string.Concat(environment.Select(character => char.IsAsciiLetterOrDigit(character) ? char.ToUpperInvariant(character) : '_'));

    private bool IsBuilt(string path) => survey.Artifacts.Any(artifact => path.StartsWith(artifact.Value, StringComparison.Ordinal));

    private bool Has(string what) => decisions["evidence"] == "all" || decisions["evidence"] == what;

    private RunStep Asks(string name, string environment, string script) =>
        Run(name, script) with { Variables = ByIdentity ? [] : [new("SIGNALBOX_TOKEN", PortableText.Of(new PortableReference(ReferenceKind.Secret, Secret(environment))))] };

    private static string IsSet(string name, string what) => $"test -n \"${name}\" || {{ echo '{name} is not set; expected {what}'; exit 1; }}\n";

    private static PortableVariable Named(ReferenceKind kind, string name) => new(name, PortableText.Of(new PortableReference(kind, name)));

    private static RunStep Run(string name, string script) => new(PortableText.Of(script)) { Name = PortableText.Of(name) };
}
