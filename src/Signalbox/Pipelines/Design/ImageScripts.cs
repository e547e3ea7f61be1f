using Signalbox.Delivery.Detection;
using Signalbox.Pipelines.GitHubActions.Portable;
using Signalbox.Pipelines.Portable;

namespace Signalbox.Pipelines.Design;

/// <summary>The steps about the image. Between jobs it is named by its digest alone, in the file <c>image.txt</c>.</summary>
internal sealed class ImageScripts(Platform platform, DesignDecisions decisions)
{
    private static readonly PortableReference s_commit = new(ReferenceKind.Commit);

    private string Choice => decisions["image"];

    private bool HasKey => decisions["sign"] == "key";

    /// <summary>Whether the job's own token lets in.</summary>
    public bool IsOwnRegistry => platform == Platform.GitHubActions && Choice.StartsWith("ghcr.io/", StringComparison.Ordinal);

    /// <summary>A tool in its image, over the job's folder as <c>/src</c>.</summary>
    /// <param name="options">Further options of <c>docker run</c>.</param>
    public static string Tool(string image, string options = "") => $"docker run --rm{options} --volume \"$PWD:/src\" --workdir /src {image}";

    /// <summary>What the job's scripts read: <c>IMAGE</c>, and where there is no token of the platform's own what lets in.</summary>
    public IReadOnlyList<PortableVariable> Variables(bool signs)
    {
        var variables = new List<PortableVariable> { new("IMAGE", Name) };
        if (platform == Platform.GitLab) variables.Add(new("DOCKER_CONFIG", PortableText.Of([new(null, new(ReferenceKind.Workspace)), new(".tmp/docker", null)])));
        if (UsesSecret) variables.Add(Same(ReferenceKind.Secret, "REGISTRY_PASSWORD"));
        if (signs) variables.AddRange([Same(ReferenceKind.Secret, "COSIGN_PRIVATE_KEY"), Same(ReferenceKind.Secret, "COSIGN_PASSWORD")]);
        if (HasKey) variables.Add(Same(ReferenceKind.Setting, "COSIGN_PUBLIC_KEY"));
        return variables;
    }

    private bool UsesSecret => platform != Platform.GitLab && !IsOwnRegistry;

    private PortableText Name => Choice switch
    {
        "$CI_REGISTRY_IMAGE" => PortableText.Of(new PortableReference(ReferenceKind.Foreign, "CI_REGISTRY_IMAGE", Platform: Platform.GitLab)),
        "$IMAGE" => PortableText.Of(new PortableReference(ReferenceKind.Setting, "IMAGE")),
        var literal => PortableText.Of(literal),
    };

    private static PortableVariable Same(ReferenceKind kind, string name) => new(name, PortableText.Of(new PortableReference(kind, name)));

    public LoginStep Login()
    {
        var title = PortableText.Of("Sign in to the registry");
        if (platform == Platform.GitLab) return new(Foreign("CI_REGISTRY"), Foreign("CI_REGISTRY_USER"), Foreign("CI_REGISTRY_PASSWORD")) { Name = title };
        if (IsOwnRegistry) return new(PortableText.Of("ghcr.io"), PortableText.Of(new PortableReference(ReferenceKind.Actor)), PortableText.Of(new PortableReference(ReferenceKind.Token))) { Name = title };
        return new(Setting("REGISTRY"), Setting("REGISTRY_USER"), PortableText.Of(new PortableReference(ReferenceKind.Secret, "REGISTRY_PASSWORD"))) { Name = title };
    }

    private static PortableText Foreign(string name) => PortableText.Of(new PortableReference(ReferenceKind.Foreign, name, Platform: Platform.GitLab));

    private static PortableText Setting(string name) => PortableText.Of(new PortableReference(ReferenceKind.Setting, name));

    public RunStep Build(string dockerfile) => Run("Build the image", Say("docker build --pull --file ", Words.Quote(dockerfile), " --tag \"$IMAGE:", s_commit, "\" .\ndocker save --output image.tar \"$IMAGE:", s_commit, "\""));

    public RunStep Scan() => Run("Scan the image", Say(Blocks("image", "--scanners vuln --input /src/image.tar")));

    /// <summary>Critical findings block, high ones where there is a fix: what nobody can mend must not stop everything.</summary>
    public static string Blocks(string what, string options) =>
        $"{Tool(PinnedImages.Trivy)} {what} --exit-code 1 --severity CRITICAL {options}\n{Tool(PinnedImages.Trivy)} {what} --exit-code 1 --severity HIGH --ignore-unfixed {options}";

    /// <summary>
    /// Pushes, and keeps what the registry calls it: <c>NAME@sha256:…</c>. A Docker that outlives the job may know the same image by other repositories' digests, too.
    /// </summary>
    public RunStep Push() => Run("Push the image", Say("docker push \"$IMAGE:", s_commit, "\"\ndocker image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' \"$IMAGE:", s_commit, "\" | awk -F@ -v name=\"${IMAGE#docker.io/}\" '($1 == name || $1 == \"docker.io/\" name) && !seen++' > image.txt\ntest -s image.txt",
        platform == Platform.GitHubActions ? "\necho \"digest=$(cut -d@ -f2 image.txt)\" >> \"$GITHUB_OUTPUT\"" : "")) with
    { Id = "push" };

    public RunStep Sbom() => Run("Write the bill of materials", Say(decisions["sbom"] == "signalbox"
        ? "signalbox sbom --subject \"$(cut -d@ -f2 image.txt)\" --output sbom.cdx.json"
        : $"{Tool(PinnedImages.Trivy)} image --format cyclonedx --output /src/sbom.cdx.json --input /src/image.tar"));

    public RunStep Sign() => Run("Sign the image", Say($"{Cosign} sign --yes{Key} \"$(cat image.txt)\""));

    public RunStep AttestSbom() => Run("Attest the bill of materials", Say($"{Cosign} attest --yes{Key} --type cyclonedx --predicate /src/sbom.cdx.json \"$(cat image.txt)\""));

    public IEnumerable<PortableStep> Provenance()
    {
        if (platform == Platform.GitHubActions)
        {
            yield return new ForeignStep(platform, PinnedActions.Of("actions/attest-build-provenance").Uses,
            [
                new("subject-name", Name),
                new("subject-digest", PortableText.Of(new PortableReference(ReferenceKind.StepOutput, "digest", "push"))),
                new("push-to-registry", PortableText.Of("true")),
            ])
            { Name = PortableText.Of("Attest how it was built") };
            yield break;
        }
        // slsa.dev/spec/v1.0/provenance
        var (type, source, builder, run) = platform switch
        {
            Platform.GitLab => ("https://docs.gitlab.com/ci/yaml/", "$CI_PROJECT_URL", "$CI_SERVER_URL/-/runners/$CI_RUNNER_ID", "$CI_JOB_URL"),
            Platform.AzurePipelines => ("https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/", "$BUILD_REPOSITORY_URI", "$SYSTEM_COLLECTIONURI", "$SYSTEM_COLLECTIONURI$SYSTEM_TEAMPROJECT/_build/results?buildId=$BUILD_BUILDID"),
            _ => ("https://www.jenkins.io/doc/book/pipeline/syntax/", "$GIT_URL", "$JENKINS_URL", "$BUILD_URL"),
        };
        yield return Run("Say how it was built", Say(
            "printf '{\"buildDefinition\":{\"buildType\":\"%s\",\"externalParameters\":{\"source\":\"%s\"},\"resolvedDependencies\":[{\"uri\":\"git+%s\",\"digest\":{\"gitCommit\":\"%s\"}}]},\"runDetails\":{\"builder\":{\"id\":\"%s\"},\"metadata\":{\"invocationId\":\"%s\"}}}\\n' " +
            $"'{type}' \"{source}\" \"{source}\" \"", s_commit, $"\" \"{builder}\" \"{run}\" > provenance.json"));
        if (decisions.Has("sign")) yield return Run("Attest how it was built", Say($"{Cosign} attest --yes{Key} --type slsaprovenance1 --predicate /src/provenance.json \"$(cat image.txt)\""));
    }

    /// <summary>Whoever signed must be this pipeline on its main branch, or have the key.</summary>
    public IEnumerable<PortableStep> Verify()
    {
        if (decisions.Has("sign")) yield return Run("Verify the signature", Say(decisions["verify"] == "signalbox" ? Signalbox : $"{Cosign} verify {Signer} \"$(cat image.txt)\""));
        if (decisions.Has("sign") && decisions.Has("sbom")) yield return Run("Verify the bill of materials", Say($"{Cosign} verify-attestation {Signer} --type cyclonedx \"$(cat image.txt)\" > verified-sbom.json"));
        if (!decisions.Has("provenance")) yield break;
        if (platform == Platform.GitHubActions)
            yield return Run("Verify the provenance", Say("gh attestation verify \"oci://$(cat image.txt)\" --repo \"$GITHUB_REPOSITORY\" --signer-workflow \"${GITHUB_WORKFLOW_REF%@*}\" --source-digest \"$GITHUB_SHA\"")) with { Variables = [new("GH_TOKEN", PortableText.Of(new PortableReference(ReferenceKind.Token)))] };
        else if (decisions.Has("sign"))
            yield return Run("Verify the provenance", Say($"{Cosign} verify-attestation {Signer} --type slsaprovenance1 \"$(cat image.txt)\" > verified-provenance.json\n{Payloads} | grep -qF '\"gitCommit\":\"'\"", s_commit, "\"'\"'"));
    }

    // each line is an envelope (DSSE), what it says in base64; the image must come from this very commit
    private const string Payloads = "sed -n 's/.*\"payload\":\"\\([^\"]*\\)\".*/\\1/p' verified-provenance.json | while read -r payload; do printf '%s' \"$payload\" | base64 -d; done";

    private string Signalbox => HasKey
        ? "printf '%s\\n' \"$COSIGN_PUBLIC_KEY\" > cosign.pub\nsignalbox verify \"$(cat image.txt)\" --key cosign.pub"
        : $"signalbox verify \"$(cat image.txt)\" --identity {Identity} --issuer {Issuer}";

    private string Signer => HasKey ? "--key env://COSIGN_PUBLIC_KEY" : $"--certificate-identity {Identity} --certificate-oidc-issuer {Issuer}";

    private string Identity => platform == Platform.GitHubActions ? "\"https://github.com/$GITHUB_WORKFLOW_REF\"" : "\"$CI_PROJECT_URL//.gitlab-ci.yml@refs/heads/$CI_COMMIT_REF_NAME\"";

    private string Issuer => platform == Platform.GitHubActions ? "https://token.actions.githubusercontent.com" : "\"$CI_SERVER_URL\"";

    private string Key => HasKey ? " --key env://COSIGN_PRIVATE_KEY" : "";

    private string Cosign => Tool(PinnedImages.Cosign, " --user 0 --env HOME=/tmp --env DOCKER_CONFIG=/docker" + (HasKey ? " --env COSIGN_PRIVATE_KEY --env COSIGN_PASSWORD --env COSIGN_PUBLIC_KEY"
        : platform == Platform.GitHubActions ? " --env ACTIONS_ID_TOKEN_REQUEST_URL --env ACTIONS_ID_TOKEN_REQUEST_TOKEN" : " --env SIGSTORE_ID_TOKEN") + " --volume \"${DOCKER_CONFIG:-$HOME/.docker}:/docker:ro\"");

    private static RunStep Run(string name, PortableText script) => new(script) { Name = PortableText.Of(name) };

    /// <summary>Text of words and references.</summary>
    private static PortableText Say(params object[] parts)
    {
        var made = new List<TextPart>();
        foreach (var part in parts) made.Add(part is PortableReference reference ? new(null, reference) : new((string)part, null));
        return PortableText.Of(made);
    }
}
